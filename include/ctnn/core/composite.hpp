#pragma once
/// @file
/// How a network's type is put together: the one place that knows which types hold layers.

#include <cstddef>

#include <ctnn/core/array.hpp>
#include <ctnn/core/layer.hpp>
#include <ctnn/core/list.hpp>
#include <ctnn/core/text.hpp>

namespace ctnn {

/// Input is the shape of one sample, one to three extents as PyTorch writes them after the batch:
/// `Input<1, 28, 28>`. A network starts with it.
template <int... Extents>
struct Input {
  /// describe is the type as it is written in code, for error messages.
  static constexpr Sentence describe() {
    Sentence text = "Input<";
    std::size_t count = 0;
    ((text << (count++ == 0 ? "" : ", ") << Extents), ...);
    return text << '>';
  }
};

template <class... Layers>
struct Sequential;

/// Named is a layer or block `L` under a name of its own: with `Named<"conv1", Conv2d<32, 3>>` a weight
/// is "conv1.weight" instead of "0.weight".
template <detail::FixedString Label, class L>
struct Named {};

/// Parallel is branches that all get the same input, and a join that makes one value of what they make:
/// what Sum, Product and Concat are. `J` is the Join; a branch is a layer, or layers in a Sequential.
///
/// It adds no part to the names of its layers, and neither does a Sequential that is a branch: they
/// count, or are Named, among the layers around it. So a block of torchvision is a Sequential, and what
/// it adds up is a sign in it.
template <class J, class... Branches>
struct Parallel {};

/// Identity is y = x, a branch without layers: the shortcut of a residual block. torch.nn.Identity
struct Identity {};

/// Frozen is layers in a row whose parameters no training moves, and which train as they predict, as after
/// torch.nn.Module.eval: batch normalisation uses its running statistics, dropout drops nothing. It adds
/// no part to their names.
template <class... Layers>
struct Frozen {};

/// Checkpoint is layers in a row whose outputs training does not keep: they are computed again, to the same
/// bits, when the gradient comes back. That costs the time of another forward, and saves memory: a chunk of
/// more samples fits into cache. It adds no part to their names. torch.utils.checkpoint
template <class... Layers>
struct Checkpoint {};

namespace detail {

/// Kind says what a type is in a network's list of types.
enum class Kind { layer, input, sequence, parallel };

/// composite says what a type of a network is: its kind, the types in it, its name where it has one.
template <class L>
struct composite {
  static constexpr Kind kind = Kind::layer;
  using children = types<>;
  using type = L; ///< without its name
  static constexpr bool named = false;
  static constexpr bool named_twice = false;
  static constexpr bool frozen = false;
  static constexpr bool checkpoint = false;
  static constexpr StringView label{};
};
template <int... Extents>
struct composite<Input<Extents...>> : composite<void> {
  static constexpr Kind kind = Kind::input;
  using type = Input<Extents...>;
};
template <class... Ls>
struct composite<Sequential<Ls...>> : composite<void> {
  static constexpr Kind kind = Kind::sequence;
  using children = types<Ls...>;
  using type = Sequential<Ls...>;
};
template <>
struct composite<Identity> : composite<void> {
  static constexpr Kind kind = Kind::sequence;
  using type = Identity;
};
template <class... Ls>
struct composite<Frozen<Ls...>> : composite<Sequential<Ls...>> {
  using type = Frozen<Ls...>;
  static constexpr bool frozen = true;
};
template <class... Ls>
struct composite<Checkpoint<Ls...>> : composite<Sequential<Ls...>> {
  using type = Checkpoint<Ls...>;
  static constexpr bool checkpoint = true;
};
template <class J, class... Bs>
struct composite<Parallel<J, Bs...>> : composite<void> {
  static constexpr Kind kind = Kind::parallel;
  using children = types<Bs...>;
  using type = Parallel<J, Bs...>;
  using join = J;
};
template <FixedString Label, class L>
struct composite<Named<Label, L>> : composite<L> {
  static constexpr bool named = true;
  static constexpr bool named_twice = composite<L>::named;
  static constexpr StringView label = Label.view();
};

/// The name is that of the layer: Frozen and Checkpoint are none of their own.
template <FixedString Label, class L>
struct composite<Named<Label, Frozen<L>>> : composite<Frozen<Named<Label, L>>> {};
template <FixedString Label, class L>
struct composite<Named<Label, Checkpoint<L>>> : composite<Checkpoint<Named<Label, L>>> {};

template <class L>
concept Branching = composite<L>::kind == Kind::parallel;

/// A Fork is where branches begin: it takes one value and makes `Branches` of it, which are all the
/// same; the gradient by it is the sum of theirs.
template <std::size_t Branches>
struct Fork {
  static constexpr StringView kind = "Fork";
};

template <class L>
inline constexpr bool is_fork = false;
template <std::size_t Branches>
inline constexpr bool is_fork<Fork<Branches>> = true;

/// Counts are the numbers of nodes that a type becomes, of the parameter tensors and the edges that
/// these have, and of the names that are given at most in one scope.
struct Counts {
  std::size_t layers = 0, tensors = 0, edges = 0, names = 0;
};

template <class L>
inline constexpr Counts counts_of{1, parameter_tensors<typename composite<L>::type>, 1, 1};
template <class... Ls>
constexpr Counts sum_of_counts(types<Ls...>);
template <class L>
  requires(composite<L>::kind != Kind::layer)
inline constexpr Counts counts_of<L> = [] {
  Counts counts = detail::sum_of_counts(typename composite<L>::children{});
  if (Branching<L>) { // a fork, which takes one value, and a join
    counts.layers += 2;
    counts.edges += 1 + composite<L>::children::count;
  }
  if (counts.names == 0) counts.names = 1;
  return counts;
}();

template <class... Ls>
constexpr Counts sum_of_counts(types<Ls...>) {
  const Counts own[]{Counts{}, counts_of<Ls>...};
  Counts sum;
  for (const Counts& counts : own) {
    sum.layers += counts.layers;
    sum.tensors += counts.tensors;
    sum.edges += counts.edges;
    sum.names += counts.names;
  }
  return sum;
}

/// layers_before is, for each type of a list, the number of nodes before it, from `First` on; at the
/// end, of all nodes.
template <class List, std::size_t First = 0>
inline constexpr Array<std::size_t, 1> layers_before{First};
template <class... Ls, std::size_t First>
inline constexpr auto layers_before<types<Ls...>, First> = [] {
  const std::size_t own[]{counts_of<Ls>.layers..., 0};
  Array<std::size_t, sizeof...(Ls) + 1> before{First};
  for (std::size_t i = 0; i < sizeof...(Ls); ++i) before[i + 1] = before[i] + own[i];
  return before;
}();

/// child_with is the child of a type that has its I-th node.
template <class L, std::size_t I, std::size_t First>
struct child_with {
  using children = typename composite<L>::children;
  static constexpr const auto& before = layers_before<children, First>;
  static constexpr std::size_t child = [] {
    std::size_t at = 0;
    while (before[at + 1] <= I) ++at;
    return at;
  }();
  using type = type_at<children, child>;
  static constexpr std::size_t index = I - before[child];
};

/// layer_in is the I-th node in a type, composites laid out flat: a layer, a Fork or a join.
template <class L, std::size_t I>
struct layer_in {
  using child = child_with<L, I, 0>;
  using type = typename layer_in<typename child::type, child::index>::type;
};
template <class L, std::size_t I>
  requires(composite<L>::kind == Kind::layer)
struct layer_in<L, I> {
  using type = typename composite<L>::type;
};
template <Branching L, std::size_t I>
struct layer_in<L, I> {
  using child = child_with<L, I, 1>;
  using type = typename layer_in<typename child::type, child::index>::type;
};
template <Branching L>
struct layer_in<L, 0> {
  using type = Fork<composite<L>::children::count>;
};
template <Branching L, std::size_t I>
  requires(I + 1 == counts_of<L>.layers)
struct layer_in<L, I> {
  using type = typename composite<L>::join;
};

} // namespace detail
} // namespace ctnn
