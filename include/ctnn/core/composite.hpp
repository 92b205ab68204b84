#pragma once
/// @file
/// How a network's type is put together: the one place that knows which types hold layers.

#include <array>
#include <cstddef>

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

namespace detail {

/// Kind says what a type is in a network's list of types.
enum class Kind { layer, input, sequence };

/// composite says what a type of a network is: its kind, the types in it, its name where it has one.
template <class L>
struct composite {
  static constexpr Kind kind = Kind::layer;
  using children = types<>;
  using type = L; ///< without its name
  static constexpr bool named = false;
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
template <FixedString Label, class L>
struct composite<Named<Label, L>> : composite<L> {
  static constexpr bool named = true;
  static constexpr StringView label = Label.view();
};

/// Counts are the numbers of layers that a type holds, and of the parameter tensors that they have.
struct Counts {
  std::size_t layers = 0, tensors = 0;
};

template <class L>
inline constexpr Counts counts_of{1, parameter_tensors<typename composite<L>::type>};
template <class... Ls>
constexpr Counts sum_of_counts(types<Ls...>);
template <class L>
  requires(composite<L>::kind != Kind::layer)
inline constexpr Counts counts_of<L> = sum_of_counts(typename composite<L>::children{});

template <class... Ls>
constexpr Counts sum_of_counts(types<Ls...>) {
  const Counts own[]{Counts{}, counts_of<Ls>...};
  Counts sum;
  for (const Counts& counts : own) {
    sum.layers += counts.layers;
    sum.tensors += counts.tensors;
  }
  return sum;
}

/// layers_before is, for each type of a list, the number of layers before it; at the end, of all
/// layers.
template <class List>
inline constexpr std::array<std::size_t, 1> layers_before{};
template <class... Ls>
inline constexpr auto layers_before<types<Ls...>> = [] {
  const std::size_t own[]{counts_of<Ls>.layers..., 0};
  std::array<std::size_t, sizeof...(Ls) + 1> before{};
  for (std::size_t i = 0; i < sizeof...(Ls); ++i) before[i + 1] = before[i] + own[i];
  return before;
}();

/// layer_in is the I-th layer in a type, blocks laid out flat.
template <class L, std::size_t I>
struct layer_in {
  using children = typename composite<L>::children;
  static constexpr std::size_t child = [] {
    std::size_t at = 0;
    while (layers_before<children>[at + 1] <= I) ++at;
    return at;
  }();
  using type =
      typename layer_in<type_at<children, child>, I - layers_before<children>[child]>::type;
};
template <class L, std::size_t I>
  requires(composite<L>::kind == Kind::layer)
struct layer_in<L, I> {
  using type = typename composite<L>::type;
};

} // namespace detail
} // namespace ctnn
