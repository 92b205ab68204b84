#pragma once
// What values an option or a field of a saved state may have.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <span>
#include <string>

#include <fmt/format.h>

namespace trainer {

/// The numbers from `low` to `high`, both included.
struct Whole {
  std::uint64_t low, high;

  bool holds(std::uint64_t value) const { return value >= low && value <= high; }
  std::string bounds() const { return fmt::format("{} to {}", low, high); }
  std::string text() const { return fmt::format("a whole number from {}", bounds()); }
};

/// The numbers between `low` and `high`, without `high`.
struct Real {
  double low, high;
  bool low_too = false;

  bool holds(double value) const { // NaN and infinities are outside
    return (low_too ? value >= low : value > low) && value < high;
  }
  std::string bounds() const {
    return fmt::format("{}{:g}, {:g})", low_too ? '[' : '(', low, high);
  }
  std::string text() const { return fmt::format("a number in {}", bounds()); }
};

/// Shares of a whole, and whole numbers up to `high`.
struct ShareOrCount {
  std::uint64_t high;

  bool holds(double value) const {
    return value >= 0 && value <= static_cast<double>(high) &&
           (value < 1 || value == std::floor(value));
  }
  std::string bounds() const { return fmt::format("a share below 1, or 1 to {}", high); }
  std::string text() const {
    return fmt::format("a share below 1, or a whole number up to {}", high);
  }
};

/// Both truth values; on the command line, the flag `--name` or `--no-name` gives one of them.
struct Flag {
  bool given;
};

/// Every enumerator, by its word (words.hpp).
struct Word {};

/// The epochs of MultiStepLR, which ascend; those that are not said are never.
struct Milestones {
  static constexpr std::size_t never = ~std::size_t{0};
  static constexpr std::size_t most = 16;

  std::size_t epochs[most];
  std::size_t count;

  constexpr Milestones() : Milestones(std::span<const std::size_t>{}) {}
  constexpr Milestones(std::initializer_list<std::size_t> some)
      : Milestones(std::span<const std::size_t>(some.begin(), some.size())) {}
  /// Takes `most` of them at most.
  constexpr explicit Milestones(std::span<const std::size_t> some) : count(some.size()) {
    std::ranges::fill(std::ranges::copy(some, epochs).out, epochs + most, never);
  }
  std::span<const std::size_t> given() const { return {epochs, count}; }
};

/// What Milestones may be.
struct Ascending {
  std::uint64_t high;

  bool holds(std::span<const std::uint64_t> parts) const {
    return parts.size() <= Milestones::most &&
           std::ranges::all_of(parts, [this](auto part) { return part >= 1 && part <= high; }) &&
           std::ranges::adjacent_find(parts, std::greater_equal<>{}) == parts.end();
  }
  std::string bounds() const {
    return fmt::format("up to {} whole numbers from 1 to {} that ascend", Milestones::most, high);
  }
  std::string text() const { return bounds() + ", such as 30,60"; }
};

} // namespace trainer
