#pragma once
// Text that constant expressions can write: names and the sentences of diagnostics.

#include <concepts>
#include <cstddef>
#include <string_view>

#include <ctnn/core/shape.hpp>

namespace ctnn {

/// A string literal as a template argument: `Named<"conv1", …>`.
template <std::size_t N>
struct Label {
  char chars[N]{};

  consteval Label(const char (&literal)[N]) {
    for (std::size_t i = 0; i < N; ++i) chars[i] = literal[i];
  }
  constexpr std::string_view view() const { return {chars, N - 1}; }
};

/// A bounded string. What does not fit is dropped and `overflowed` is set.
template <std::size_t Capacity>
struct BasicText {
  static constexpr std::size_t capacity = Capacity;

  char chars[Capacity + 1]{};
  std::size_t length = 0;
  bool overflowed = false;

  constexpr BasicText() = default;
  constexpr BasicText(const char* literal) { *this << std::string_view(literal); }
  constexpr BasicText(std::string_view text) { *this << text; }

  constexpr std::string_view view() const { return {chars, length}; }
  constexpr bool empty() const { return length == 0; }

  constexpr BasicText& operator<<(char c) {
    if (length < Capacity)
      chars[length++] = c;
    else
      overflowed = true;
    return *this;
  }
  constexpr BasicText& operator<<(std::string_view text) {
    for (const char c : text) *this << c;
    return *this;
  }
  constexpr BasicText& operator<<(const char* literal) {
    return *this << std::string_view(literal);
  }

  template <std::integral Integer>
  constexpr BasicText& operator<<(Integer number) {
    if (number < 0) {
      *this << '-';
      if (number / 10 != 0) *this << -(number / 10);
      return *this << static_cast<char>('0' - static_cast<int>(number % 10));
    }
    if (number >= 10) *this << number / 10;
    return *this << static_cast<char>('0' + static_cast<int>(number % 10));
  }

  /// At most six decimals, trailing zeros dropped: enough for probabilities and slopes.
  constexpr BasicText& operator<<(double number) {
    if (number < 0) {
      *this << '-';
      number = -number;
    }
    if (!(number < 1e9)) return *this << "1e9 or more";
    const auto millionths = static_cast<unsigned long long>(number * 1e6 + 0.5);
    *this << millionths / 1'000'000;
    unsigned long long rest = millionths % 1'000'000;
    if (rest != 0) *this << '.';
    for (unsigned long long digit = 100'000; rest != 0; rest %= digit, digit /= 10)
      *this << static_cast<char>('0' + static_cast<int>(rest / digit));
    return *this;
  }

  /// `64x12x12`
  constexpr BasicText& operator<<(const Shape& shape) {
    for (std::size_t axis = 0; axis < shape.rank; ++axis) {
      if (axis > 0) *this << 'x';
      *this << shape[axis];
    }
    return *this;
  }
  /// `5x5`
  constexpr BasicText& operator<<(Size2d size) { return *this << size.height << 'x' << size.width; }

  template <std::size_t Other>
  constexpr BasicText& operator<<(const BasicText<Other>& text) {
    overflowed |= text.overflowed;
    return *this << text.view();
  }

  friend constexpr bool operator==(const BasicText& text, std::string_view other) {
    return text.view() == other;
  }
};

using Text = BasicText<255>; ///< a sentence
using Name = BasicText<95>;  ///< the dotted name of a layer or parameter: `features.0.weight`

} // namespace ctnn
