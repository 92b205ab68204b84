#pragma once
/// @file
/// Lists of types: the only file that spells Boost.Hana. Hana iterates over the types; what is
/// accumulated on the way are plain constexpr values. (A fold that grows a sequence of types is
/// cubic: ten minutes at 256 layers.)

#include <cstddef>
#include <type_traits>

#include <boost/hana/at.hpp>
#include <boost/hana/integral_constant.hpp>
#include <boost/hana/tuple.hpp>
#include <boost/hana/type.hpp>

namespace ctnn::detail {

namespace hana = boost::hana;

/// Some types, as a value that functions can take; `sequence` is open to every Hana algorithm.
template <class... Ts>
struct types {
  static constexpr std::size_t count = sizeof...(Ts);
  using sequence = hana::tuple<hana::type<Ts>...>;
};

/// Calls `f(hana::type_c<T>)` for each type in order. (hana::for_each does the same, in so many calls of
/// each other that blocks nested 40 deep exceed the depth of constant expressions.)
template <class... Ts, class F>
constexpr void for_each_type(types<Ts...>, F&& f) {
  const bool in_order[]{true, (f(hana::type_c<Ts>), true)...};
  static_cast<void>(in_order);
}

/// The I-th of some types.
template <class Types, std::size_t I>
using type_at = typename decltype(+hana::at_c<I>(typename Types::sequence{}))::type;

/// Calls `f(i)` for i = 0 … N-1, each a std::integral_constant.
template <std::size_t N, class F>
constexpr void for_each_index(F&& f) {
  hana::size_c<N>.times.with_index(
      [&f](auto i) { f(std::integral_constant<std::size_t, decltype(i)::value>{}); });
}

} // namespace ctnn::detail
