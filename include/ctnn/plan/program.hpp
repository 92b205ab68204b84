#pragma once
// The constants of a network that runs in T: which layers run as one, what their kernels derive from
// their parameters, and where a shard's gradients go.

#include <array>
#include <cstddef>

#include <ctnn/core/graph.hpp>
#include <ctnn/core/list.hpp>
#include <ctnn/core/sequential.hpp>
#include <ctnn/plan/fusion.hpp>
#include <ctnn/plan/options.hpp>
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

/// Where a kernel is asked for: the element type, the input's shape, the algorithm if it is a
/// convolution.
template <class T, Shape In, ConvolutionAlgorithm Choice>
struct Place {
  using value_type = T;
  static constexpr Shape input_shape = In;
  static constexpr ConvolutionAlgorithm convolution = Choice;
};

/// The kernel of a layer that works on derived parameters; others have none and derive nothing.
struct NoKernel {
  static constexpr std::size_t derived_size = 0, derived_gradient_size = 0, scratch_size = 0;
  static constexpr std::size_t derive_parts = 1;
};
template <class L, class At>
struct kernel_of {
  using type = NoKernel;
};
template <class L, class At>
  requires requires { typename L::template kernel_of<At>; }
struct kernel_of<L, At> {
  using type = typename L::template kernel_of<At>;
};

} // namespace detail

/// How Net runs in T.
template <class Net, class T>
struct Layout {
private:
  using Plain = typename detail::without_options<Net>::type;
  using Leaves = typename detail::leaves_of<Plain>::type;
  static constexpr std::size_t leaves = Net::node_count;

public:
  /// The type of Net::nodes[I].
  template <std::size_t I>
  using leaf = typename detail::leaf<I, Leaves>::type;

  static constexpr detail::RunOptions options = detail::without_options<Net>::options;

  /// The network as it was written.
  static constexpr const auto& graph = Net::graph;

private:
  static constexpr auto parts = [] {
    std::array<std::size_t, leaves + 2> pool{};
    for_each_index<leaves>([&](auto i) { pool[i] = detail::pool_side<leaf<i>>; });
    std::array<detail::Part, leaves> all;
    for_each_index<leaves>([&](auto i) {
      all[i] = detail::part_of<leaf<i>>(graph.nodes[i].input_shape, options.convolution,
                                        pool[i + 1], pool[i + 2]);
    });
    return all;
  }();
  static constexpr auto fused_groups = detail::find_groups(parts, true);

public:
  /// Operations: some layers of the network that run as one, or one by itself.
  static constexpr auto groups = options.fusion ? fused_groups : detail::find_groups(parts, false);
  static constexpr std::size_t ops = groups.count;

private:
  /// A member of a group, void if there is none.
  template <std::size_t First, std::size_t At>
  struct member {
    using type = leaf<First + At>;
  };
  template <std::size_t First>
  struct member<First, 0> {
    using type = void;
  };

public:
  /// The layer, written or fused, of operation I.
  template <std::size_t I>
  using layer = typename detail::fused<
      leaf<groups.group[I].first>,
      typename member<groups.group[I].first, groups.group[I].pool>::type,
      typename member<groups.group[I].first, groups.group[I].activation>::type>::type;

  /// The operations as nodes of a graph of their own; the `kind` of each is its first layer's.
  static constexpr auto run = [] {
    Graph<ops, graph.parameters.size()> fused;
    fused.parameters = graph.parameters;
    for_each_index<ops>([&](auto i) {
      constexpr detail::Group g = groups.group[i];
      Node node = graph.nodes[g.first];
      if constexpr (g.count > 1) {
        node.output_shape = graph.nodes[g.first + g.count - 1].output_shape;
        node.tape_size = layer<i>::tape_size(node.input_shape);
        node.backward_reads = layer<i>::backward_reads;
        node.in_place = false;
      }
      fused.nodes[i] = node;
    });
    return fused;
  }();

  /// What operation I runs by, if it is a convolution: chosen as if layers were fused, so that it
  /// is the same when they are not.
  template <std::size_t I>
  static constexpr ConvolutionAlgorithm convolution = [] {
    using L = leaf<groups.group[I].first>;
    if constexpr (detail::ChoosesAlgorithm<L>) {
      std::size_t pool = 1;
      for (const detail::Group& g : fused_groups.group)
        if (g.first == groups.group[I].first && g.pool > 0) pool = parts[g.first + g.pool].pool;
      return L::algorithm(run.nodes[I].input_shape, options.convolution, pool);
    } else {
      return automatic;
    }
  }();

  template <std::size_t I>
  using place = detail::Place<T, run.nodes[I].input_shape, convolution<I>>;
  template <std::size_t I>
  using kernel = typename detail::kernel_of<layer<I>, place<I>>::type;
  template <std::size_t I>
  static constexpr bool derives = kernel<I>::derived_size > 0;

  static constexpr auto parameters = plan::plan_parameters(graph);
  static constexpr std::size_t chunk = plan::chunk_size(run);

  /// Where a chunk's activations, gradients and tapes live in a mode.
  template <plan::Mode M>
  static constexpr auto activations = plan::plan_activations(run, M, chunk);

  /// Offsets, operation by operation, of derived parameters and of gradients as a shard accumulates
  /// them: by the derived parameters where there are such, by the parameters themselves otherwise.
  struct Offsets {
    std::array<std::size_t, ops> derived{}, gradient{};
    std::array<std::size_t, ops + 1> part{}; ///< the first of each in a count of all derive_parts
    std::size_t derived_size = 0, gradient_size = 0, scratch_size = 0;
  };
  static constexpr Offsets offsets = [] {
    Offsets at;
    for_each_index<ops>([&at](auto index) {
      constexpr std::size_t i = index;
      using K = kernel<i>;
      constexpr const Node& node = run.nodes[i];
      at.derived[i] = at.derived_size;
      at.gradient[i] = at.gradient_size;
      at.part[i + 1] = at.part[i] + K::derive_parts;
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
