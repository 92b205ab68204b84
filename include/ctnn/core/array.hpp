#pragma once
/// @file
/// Array: so many values as one.

#include <cstddef>
#include <utility>

namespace ctnn::detail {

/// An Array is `N` values in a row: what is needed here of std::array.
/// (That header costs g++ 12 137 million instructions, of 870 that the verification of a network took.)
template <class T, std::size_t N>
struct Array {
  T elements[N]; ///< the values

  /// data is where the first is.
  constexpr T* data() { return elements; }
  /// data is where the first is.
  constexpr const T* data() const { return elements; }
  /// size is their number.
  static constexpr std::size_t size() { return N; }
  /// Returns number `i`, from 0.
  constexpr T& operator[](std::size_t i) { return elements[i]; }
  /// Returns number `i`, from 0.
  constexpr const T& operator[](std::size_t i) const { return elements[i]; }
  /// begin is where the first is.
  constexpr const T* begin() const { return elements; }
  /// end is behind the last.
  constexpr const T* end() const { return elements + N; }
};

/// An Array of nothing.
template <class T>
struct Array<T, 0> {
  constexpr T* data() const { return nullptr; }
  static constexpr std::size_t size() { return 0; }
  constexpr T& operator[](std::size_t i) const { return data()[i]; }
  constexpr const T* begin() const { return nullptr; }
  constexpr const T* end() const { return nullptr; }
};

template <class T, class... Ts>
Array(T, Ts...) -> Array<T, 1 + sizeof...(Ts)>;

} // namespace ctnn::detail

/// @cond what a layer's parameters() returns may be a std::array, and is asked as one
template <class T, std::size_t N>
struct std::tuple_size<ctnn::detail::Array<T, N>> : std::integral_constant<std::size_t, N> {};
/// @endcond
