#pragma once
// The constants of a network that runs in T: which layer is where, what its kernel derives from its
// parameters, and where a shard's gradients go.

#include <array>
#include <cstddef>

#include <ctnn/core/graph.hpp>
#include <ctnn/core/list.hpp>
#include <ctnn/core/sequential.hpp>
#include <ctnn/plan/activations.hpp>
#include <ctnn/plan/parameters.hpp>

namespace ctnn {
namespace detail {

template <class... Leaves>
struct LeafList {
  template <class... More>
  constexpr LeafList<Leaves..., More...> operator+(LeafList<More...>) const {
    return {};
  }
};

template <class L>
struct leaves_of {
  using type = LeafList<L>;
};
template <Label Name, class L>
struct leaves_of<Named<Name, L>> : leaves_of<L> {};
template <int... Extents>
struct leaves_of<Input<Extents...>> {
  using type = LeafList<>;
};
template <class... Ls>
struct leaves_of<Sequential<Ls...>> {
  using type = decltype((LeafList<>{} + ... + typename leaves_of<Ls>::type{}));
};

template <std::size_t I, class Leaves>
struct leaf;
template <std::size_t I, class... Ls>
struct leaf<I, LeafList<Ls...>> {
  using type = type_at<decltype(layer_list<Ls...>), I>;
};

/// Where a kernel is asked for: the element type and the input's shape.
template <class T, Shape In>
struct Place {
  using value_type = T;
  static constexpr Shape input_shape = In;
};

/// The kernel of a layer that works on derived parameters; others have none and derive nothing.
struct NoKernel {
  static constexpr std::size_t derived_size = 0, derived_gradient_size = 0, scratch_size = 0;
};
template <class L, class At>
struct kernel_of {
  using type = NoKernel;
};
template <class L, class At>
  requires requires { typename L::template kernel<At>; }
struct kernel_of<L, At> {
  using type = typename L::template kernel<At>;
};

} // namespace detail

template <class Net, class T>
struct Layout {
  static constexpr const auto& graph = Net::graph;
  static constexpr std::size_t nodes = Net::node_count;

  template <std::size_t I>
  using layer = typename detail::leaf<I, typename detail::leaves_of<Net>::type>::type;
  template <std::size_t I>
  using kernel =
      typename detail::kernel_of<layer<I>, detail::Place<T, graph.nodes[I].input_shape>>::type;
  template <std::size_t I>
  static constexpr bool derives = kernel<I>::derived_size > 0;

  static constexpr auto parameters = plan::plan_parameters(graph);
  static constexpr std::size_t chunk = plan::chunk_size(graph);

  /// Offsets, node by node, of derived parameters and of gradients as a shard accumulates them: by
  /// the derived parameters where there are such, by the parameters themselves otherwise.
  struct Offsets {
    std::array<std::size_t, nodes> derived{}, gradient{};
    std::size_t derived_size = 0, gradient_size = 0, scratch_size = 0;
  };
  static constexpr Offsets offsets = [] {
    Offsets at;
    for_each_index<nodes>([&at](auto index) {
      constexpr std::size_t i = index;
      using K = kernel<i>;
      constexpr const Node& node = graph.nodes[i];
      at.derived[i] = at.derived_size;
      at.gradient[i] = at.gradient_size;
      at.derived_size += plan::aligned(K::derived_size);
      if (derives<i>)
        at.gradient_size += plan::aligned(K::derived_gradient_size);
      else
        for (std::size_t p = 0; p < node.parameter_tensors; ++p)
          at.gradient_size +=
              plan::aligned(graph.parameters[node.first_parameter + p].shape.size());
      if (K::scratch_size > at.scratch_size) at.scratch_size = K::scratch_size;
    });
    return at;
  }();
};

} // namespace ctnn
