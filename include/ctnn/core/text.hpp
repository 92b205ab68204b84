#pragma once
// Text that constant expressions can write: names and the sentences of diagnostics.

#include <concepts>
#include <cstddef>

#include <ctnn/core/shape.hpp>

namespace ctnn {

/// A view of characters, never owned: what is needed here of std::string_view, to which it converts.
/// (That header costs clang 19 with libstdc++ 12 more than the rest of core/ together: 0.17 s.)
class StringView {
public:
  constexpr StringView() = default;
  constexpr StringView(const char* text, std::size_t size) : data_(text), size_(size) {}
  constexpr StringView(const char* literal) : data_(literal) {
    while (literal[size_] != '\0') ++size_;
  }
  /// From std::string_view and std::string.
  template <class String>
    requires requires { typename String::traits_type; }
  constexpr StringView(const String& text) : data_(text.data()), size_(text.size()) {}

  /// To std::string_view.
  template <class View>
    requires(
        requires { typename View::traits_type; } && !requires { typename View::allocator_type; })
  constexpr operator View() const { return {data_, size_}; }

  constexpr const char* data() const { return data_; }
  constexpr std::size_t size() const { return size_; }
  constexpr bool empty() const { return size_ == 0; }
  constexpr char operator[](std::size_t i) const { return data_[i]; }
  constexpr const char* begin() const { return data_; }
  constexpr const char* end() const { return data_ + size_; }
  constexpr StringView from(std::size_t begin) const { return {data_ + begin, size_ - begin}; }
  constexpr StringView first(std::size_t count) const { return {data_, count}; }

  /// Where `text` begins for the first time at or after `start`; size() if nowhere.
  constexpr std::size_t find(StringView text, std::size_t start = 0) const {
    for (; start + text.size_ <= size_; ++start)
      if (StringView(data_ + start, text.size_) == text) return start;
    return size_;
  }
  constexpr bool contains(StringView text) const { return text.empty() || find(text) < size_; }

  friend constexpr bool operator==(StringView a, StringView b) {
    if (a.size_ != b.size_) return false;
    for (std::size_t i = 0; i < a.size_; ++i)
      if (a.data_[i] != b.data_[i]) return false;
    return true;
  }

private:
  const char* data_ = "";
  std::size_t size_ = 0;
};

namespace detail {

/// Text as a template argument, exactly as long as it is: the name in `Named<"conv1", …>`, and the
/// sentences of errors. N counts the NUL behind it.
template <std::size_t N>
struct FixedString {
  char chars[N]{};

  constexpr FixedString() = default;
  consteval FixedString(const char (&literal)[N]) {
    for (std::size_t i = 0; i < N; ++i) chars[i] = literal[i];
  }
  constexpr StringView view() const { return {chars, N - 1}; }
};

/// A string of at most `Capacity` characters, which lives in itself. What does not fit is dropped and
/// `overflowed` is set.
template <std::size_t Capacity>
struct BoundedText {
  static constexpr std::size_t capacity = Capacity;

  char chars[Capacity + 1]{};
  std::size_t length = 0;
  bool overflowed = false;

  constexpr BoundedText() = default;
  constexpr BoundedText(const char* literal) { *this << StringView(literal); }
  constexpr BoundedText(StringView text) { *this << text; }

  constexpr StringView view() const { return {chars, length}; }
  constexpr bool empty() const { return length == 0; }

  constexpr BoundedText& operator<<(char c) {
    if (length < Capacity)
      chars[length++] = c;
    else
      overflowed = true;
    return *this;
  }
  constexpr BoundedText& operator<<(StringView text) {
    for (const char c : text) *this << c;
    return *this;
  }
  constexpr BoundedText& operator<<(const char* literal) { return *this << StringView(literal); }

  template <std::integral Integer>
  constexpr BoundedText& operator<<(Integer number) {
    if (number < 0) {
      *this << '-';
      if (number / 10 != 0) *this << -(number / 10);
      return *this << static_cast<char>('0' - static_cast<int>(number % 10));
    }
    if (number >= 10) *this << number / 10;
    return *this << static_cast<char>('0' + static_cast<int>(number % 10));
  }

  /// At most six decimals, trailing zeros dropped: enough for probabilities and slopes.
  constexpr BoundedText& operator<<(double number) {
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
  constexpr BoundedText& operator<<(const Shape& shape) {
    for (std::size_t axis = 0; axis < shape.rank; ++axis) {
      if (axis > 0) *this << 'x';
      *this << shape[axis];
    }
    return *this;
  }
  /// `5x5`
  constexpr BoundedText& operator<<(Size2d size) {
    return *this << size.height << 'x' << size.width;
  }

  template <std::size_t Other>
  constexpr BoundedText& operator<<(const BoundedText<Other>& text) {
    overflowed |= text.overflowed;
    return *this << text.view();
  }

  friend constexpr bool operator==(const BoundedText& text, StringView other) {
    return text.view() == other;
  }
};

/// The dotted name of a layer or parameter: `features.0.weight`.
using Name = BoundedText<95>;

} // namespace detail

/// What is wrong, or nothing: `Sentence() << "expects a vector, got " << in`. It takes text, whole
/// numbers, decimals, shapes and sizes.
using Sentence = detail::BoundedText<255>;

} // namespace ctnn
