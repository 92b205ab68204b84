#pragma once
/// @file
/// Numbers as template arguments, and the complaints about them that several transforms share.

#include <cstddef>

#include <ctnn/core/text.hpp>

namespace ctnn::transforms {

/// A Number is a real template argument, which may be written `0.5` or `1`: C++ itself takes no int
/// for a double there.
struct Number {
  double value = 0; ///< the number

  /// Makes a number that is written as a decimal.
  constexpr Number(double number) : value(number) {}
  /// Makes a number that is written as an integer.
  constexpr Number(int number) : value(number) {}
  /// Converts to the number.
  constexpr operator double() const { return value; }
};

/// An Interval says where a random number may lie: `Interval{0.02, 0.33}`.
struct Interval {
  double low = 0;  ///< the lower end
  double high = 0; ///< the upper end

  /// Intervals are equal if their ends are.
  friend constexpr bool operator==(const Interval&, const Interval&) = default;
};

namespace detail {

/// symmetric_or_given is the interval of one number d, from -d to d, or of two.
constexpr Interval symmetric_or_given(double around_zero) { return {-around_zero, around_zero}; }
constexpr Interval symmetric_or_given(double low, double high) { return {low, high}; }

constexpr Sentence check_probability(double p) {
  Sentence error;
  if (!(p >= 0 && p <= 1)) error << "p must be in [0, 1], got " << p;
  return error;
}

constexpr Sentence check_order(StringView name, Interval interval) {
  Sentence error;
  if (!(interval.low <= interval.high))
    error << name << " must not go down, got " << interval.low << " to " << interval.high;
  return error;
}

/// of_channel is the number of a channel. `Value` is one for all, or a std::array with one for each.
template <auto Value>
constexpr double of_channel(std::size_t channel) {
  if constexpr (requires { Value.size(); })
    return static_cast<double>(Value[channel]);
  else
    return static_cast<double>(Value);
}

template <auto Value>
constexpr Sentence check_channels(StringView name, std::size_t channels) {
  Sentence error;
  if constexpr (requires { Value.size(); })
    if (Value.size() != channels)
      error << name << " has " << Value.size() << " numbers, the image has " << channels
            << (channels == 1 ? " channel" : " channels");
  return error;
}

} // namespace detail
} // namespace ctnn::transforms
