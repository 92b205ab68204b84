#pragma once
/// @file
/// Text that constant expressions can write: names and the sentences of diagnostics.

#include <concepts>
#include <cstddef>

#include <ctnn/core/shape.hpp>

namespace ctnn {

/// A StringView refers to characters that it does not own: what is needed here of std::string_view, to
/// and from which it converts.
/// (That header costs clang 19 with libstdc++ 12 more than the rest of core/ together: 0.17 s.)
class StringView {
public:
  constexpr StringView() = default; ///< a view of no characters
  /// Makes a view of `size` characters at `text`.
  constexpr StringView(const char* text, std::size_t size) : data_(text), size_(size) {}
  /// Makes a view of a string that ends in a NUL.
  constexpr StringView(const char* literal) : data_(literal), size_(__builtin_strlen(literal)) {}
  /// Makes a view of a std::string_view or std::string.
  template <class String>
    requires requires { typename String::traits_type; }
  constexpr StringView(const String& text) : data_(text.data()), size_(text.size()) {}

  /// Converts to a std::string_view.
  template <class View>
    requires(
        requires { typename View::traits_type; } && !requires { typename View::allocator_type; })
  constexpr operator View() const { return {data_, size_}; }

  /// data is where the characters are; no NUL needs to follow them.
  constexpr const char* data() const { return data_; }
  /// size is the number of characters.
  constexpr std::size_t size() const { return size_; }
  /// empty is whether there are no characters.
  constexpr bool empty() const { return size_ == 0; }
  /// Returns character `i`, from 0.
  constexpr char operator[](std::size_t i) const { return data_[i]; }
  /// begin is where the first character is.
  constexpr const char* begin() const { return data_; }
  /// end is behind the last character.
  constexpr const char* end() const { return data_ + size_; }
  /// from is the view without its first `begin` characters.
  constexpr StringView from(std::size_t begin) const { return {data_ + begin, size_ - begin}; }
  /// first is the view of the first `count` characters.
  constexpr StringView first(std::size_t count) const { return {data_, count}; }

  /// find is where `text` begins for the first time at or after `start`; size() if nowhere.
  constexpr std::size_t find(StringView text, std::size_t start = 0) const {
    for (; start + text.size_ <= size_; ++start)
      if (StringView(data_ + start, text.size_) == text) return start;
    return size_;
  }
  /// contains is whether `text` is somewhere in the view.
  constexpr bool contains(StringView text) const { return text.empty() || find(text) < size_; }

  /// Views are equal if their characters are.
  friend constexpr bool operator==(StringView a, StringView b) {
    if (a.size_ != b.size_) return false;
    for (std::size_t i = 0; i < a.size_; ++i)
      if (a.data_[i] != b.data_[i]) return false;
    return true;
  }

  /// Writes the characters to a std::ostream.
  template <class Stream>
    requires requires(Stream& to) { to.write("", 0); }
  friend Stream& operator<<(Stream& to, StringView text) {
    to.write(text.data(), static_cast<std::ptrdiff_t>(text.size()));
    return to;
  }

private:
  const char* data_ = "";
  std::size_t size_ = 0;
};

namespace detail {

/// A FixedString is text as a template argument: the name in `Named<"conv1", …>`, and the sentences of
/// errors. `N` is its length and counts the NUL behind it.
template <std::size_t N>
struct FixedString {
  char chars[N]{}; ///< the characters and a NUL

  constexpr FixedString() = default; ///< N times NUL, to be written to
  /// Makes the text of a literal.
  consteval FixedString(const char (&literal)[N]) {
    for (std::size_t i = 0; i < N; ++i) chars[i] = literal[i];
  }
  /// view is the text without the NUL.
  constexpr StringView view() const { return {chars, N - 1}; }
};

/// A BoundedText is a string of at most `Capacity` characters that lives in itself, without a heap.
/// What does not fit is dropped, and `overflowed` is set.
template <std::size_t Capacity>
struct BoundedText {
  static constexpr std::size_t capacity = Capacity; ///< characters that it has room for

  char chars[Capacity + 1]{}; ///< the characters; a NUL follows them
  std::size_t length = 0;     ///< how many there are
  bool overflowed = false;    ///< whether some were dropped

  constexpr BoundedText() = default; ///< an empty text
  /// Makes a text that begins as `literal`.
  constexpr BoundedText(const char* literal) { *this << StringView(literal); }
  /// Makes a text that begins as `text`.
  constexpr BoundedText(StringView text) { *this << text; }

  /// view is the text, valid as long as this object is.
  constexpr StringView view() const { return {chars, length}; }
  /// empty is whether there are no characters.
  constexpr bool empty() const { return length == 0; }

  /// Appends a character.
  constexpr BoundedText& operator<<(char c) {
    if (length < Capacity)
      chars[length++] = c;
    else
      overflowed = true;
    return *this;
  }
  /// Appends characters.
  constexpr BoundedText& operator<<(StringView text) {
    const char* const from = text.data();
    const std::size_t room = Capacity - length;
    const std::size_t count = text.size() < room ? text.size() : room;
    for (std::size_t i = 0; i < count; ++i) chars[length + i] = from[i];
    length += count;
    overflowed |= count < text.size();
    return *this;
  }
  /// Appends the characters of a literal.
  constexpr BoundedText& operator<<(const char* literal) { return *this << StringView(literal); }

  /// Appends a whole number in decimal.
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

  /// Appends a number with at most six decimals, trailing zeros dropped: enough for probabilities and
  /// slopes.
  constexpr BoundedText& operator<<(double number) {
    if (number < 0) {
      *this << '-';
      number = -number;
    }
    if (number != number) return *this << "nan";
    if (!(number < 1e9)) return *this << "1e9 or more";
    const auto millionths = static_cast<unsigned long long>(number * 1e6 + 0.5);
    *this << millionths / 1'000'000;
    unsigned long long rest = millionths % 1'000'000;
    if (rest != 0) *this << '.';
    for (unsigned long long digit = 100'000; rest != 0; rest %= digit, digit /= 10)
      *this << static_cast<char>('0' + static_cast<int>(rest / digit));
    return *this;
  }

  /// Appends a shape as `64x12x12`.
  constexpr BoundedText& operator<<(const Shape& shape) {
    for (std::size_t axis = 0; axis < shape.rank; ++axis) {
      if (axis > 0) *this << 'x';
      *this << shape[axis];
    }
    return *this;
  }
  /// Appends a size as `5x5`.
  constexpr BoundedText& operator<<(Size2d size) {
    return *this << size.height << 'x' << size.width;
  }

  /// Appends another text; this one has overflowed if that one has.
  template <std::size_t Other>
  constexpr BoundedText& operator<<(const BoundedText<Other>& text) {
    overflowed |= text.overflowed;
    return *this << text.view();
  }

  /// Writes the characters to a std::ostream.
  template <class Stream>
    requires requires(Stream& to) { to.write("", 0); }
  friend Stream& operator<<(Stream& to, const BoundedText& text) { return to << text.view(); }

  /// Texts are equal if their characters are.
  friend constexpr bool operator==(const BoundedText& text, StringView other) {
    return text.view() == other;
  }
};

/// A Name is the dotted name of a layer or parameter: `features.0.weight`.
using Name = BoundedText<95>;

} // namespace detail

/// A Sentence says what is wrong, and is empty if nothing is. It takes text, whole numbers, decimals,
/// shapes and sizes (detail::BoundedText): `Sentence() << "expects a vector, got " << in`.
using Sentence = detail::BoundedText<255>;

} // namespace ctnn
