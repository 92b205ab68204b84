#pragma once
/// @file
/// Lists of types: the only file that spells Boost.Hana. Hana iterates over the types; what is
/// accumulated on the way are plain constexpr values. (A fold that grows a sequence of types is
/// cubic: ten minutes at 256 layers.)

#include <cstddef>
#include <type_traits>

#include <boost/hana/at.hpp>
#include <boost/hana/fold_left.hpp>
#include <boost/hana/integral_constant.hpp>
#include <boost/hana/tuple.hpp>
#include <boost/hana/type.hpp>

namespace ctnn::detail {

namespace hana = boost::hana;

/// Some types, as a value that functions can take; `sequence` is open to every Hana algorithm.
template <class... Ts>
struct types {
  using sequence = hana::tuple<hana::type<Ts>...>;
};

/// Folds `step(state, hana::type_c<T>)` over types from the left.
template <class... Ts, class State, class Step>
constexpr State fold(types<Ts...>, State state, Step step) {
  return hana::fold_left(typename types<Ts...>::sequence{}, state, step);
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
