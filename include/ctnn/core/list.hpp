#pragma once
// The list of layers: the only file that spells Boost.Hana. Hana iterates over the types; what is
// accumulated on the way are plain constexpr values. (A fold that grows a sequence of types is
// cubic: ten minutes at 256 layers.)

#include <cstddef>
#include <type_traits>

#include <boost/hana/at.hpp>
#include <boost/hana/fold_left.hpp>
#include <boost/hana/integral_constant.hpp>
#include <boost/hana/tuple.hpp>
#include <boost/hana/type.hpp>

namespace ctnn {

namespace hana = boost::hana;

/// The layers of a network as a Hana sequence of types, open to every Hana algorithm.
template <class... Layers>
inline constexpr hana::tuple<hana::type<Layers>...> layer_list{};

/// Folds `step(state, hana::type_c<Layer>)` over the list from the left.
template <class List, class State, class Step>
constexpr State fold(const List& list, State state, Step step) {
  return hana::fold_left(list, state, step);
}

/// The I-th type of a list.
template <class List, std::size_t I>
using type_at = typename decltype(+hana::at_c<I>(List{}))::type;

/// Calls `f(i)` for i = 0 … N-1, each a std::integral_constant.
template <std::size_t N, class F>
constexpr void for_each_index(F&& f) {
  hana::size_c<N>.times.with_index(
      [&f](auto i) { f(std::integral_constant<std::size_t, decltype(i)::value>{}); });
}

} // namespace ctnn
