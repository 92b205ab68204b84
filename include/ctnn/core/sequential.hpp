#pragma once
/// @file
/// Sequential: a network as a type. With an Input in front its facts are constants; without one it
/// is a block of layers that goes inside another.

#include <type_traits>

#include <ctnn/core/composite.hpp>
#include <ctnn/core/diagnose.hpp>
#include <ctnn/core/facts.hpp>
#include <ctnn/core/text.hpp>
#include <ctnn/core/trace.hpp>

namespace ctnn {
namespace detail {

/// network_error is what is wrong with some layers as a network, or nothing.
template <class... Ls>
inline constexpr Sentence network_error = [] {
  Sentence error = "Sequential<";
  const Sentence names[]{describe_type<Ls>()..., Sentence{}};
  if (sizeof...(Ls) > 0) error << names[0];
  if (sizeof...(Ls) > 1) error << ", ...";
  return error << "> has no Input<...>; a network starts with one";
}();
template <int... Extents, class... Ls>
inline constexpr Sentence network_error<Input<Extents...>, Ls...> =
    network_graph<Input<Extents...>, Ls...>.error;

} // namespace detail

/// A Sequential is layers in a row, as torch.nn.Sequential. Without an Input it is a block, to be
/// nested in a network.
template <class... Layers>
struct Sequential : detail::PoisonedFacts<detail::network_error<Layers...>> {};

/// A Sequential with an Input is a network: `Sequential<Input<1, 28, 28>, Conv2d<32, 3>, ReLU, …>`. Its
/// members are those of NetworkFacts. One that cannot work is one compile-time error whose text says
/// why.
template <int... Extents, class... Layers>
struct Sequential<Input<Extents...>, Layers...>
    : std::conditional_t<detail::network_error<Input<Extents...>, Layers...>.empty(),
                         NetworkFacts<Input<Extents...>, Layers...>,
                         detail::PoisonedFacts<detail::already_told>> {
  static_assert(detail::require_empty<detail::network_error<Input<Extents...>, Layers...>>());
};

/// diagnose says what is wrong with these layers as a network, or nothing. It is the text that the
/// compiler prints, without the error: `diagnose<Input<1, 9, 9>, MaxPool2d<20>>()`.
template <class... Layers>
constexpr Sentence diagnose() {
  return detail::network_error<Layers...>;
}

} // namespace ctnn
