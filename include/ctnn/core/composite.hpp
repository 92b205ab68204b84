#pragma once
// How a network's type is put together: the one place that knows which types hold layers.

#include <array>
#include <cstddef>

#include <ctnn/core/layer.hpp>
#include <ctnn/core/list.hpp>
#include <ctnn/core/text.hpp>

namespace ctnn {

/// The shape of one sample: `Input<1, 28, 28>` is PyTorch's `[batch, 1, 28, 28]`.
template <int... Extents>
struct Input {
  static constexpr Sentence describe() {
    Sentence text = "Input<";
    std::size_t count = 0;
    ((text << (count++ == 0 ? "" : ", ") << Extents), ...);
    return text << '>';
  }
};

template <class... Layers>
struct Sequential;

/// A layer or block under a name of its own: "conv1.weight" instead of "0.weight".
template <detail::FixedString Label, class L>
struct Named {};

namespace detail {

enum class Kind { layer, input, sequence };

/// What a type of a network is: its kind, the types in it, and its name where it has one.
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

/// How many layers a type holds, and how many parameter tensors they have.
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

/// For each child of a sequence, how many layers stand before it; at the end, how many there are.
template <class List>
inline constexpr std::array<std::size_t, 1> layers_before{};
template <class... Ls>
inline constexpr auto layers_before<types<Ls...>> = [] {
  const std::size_t own[]{counts_of<Ls>.layers..., 0};
  std::array<std::size_t, sizeof...(Ls) + 1> before{};
  for (std::size_t i = 0; i < sizeof...(Ls); ++i) before[i + 1] = before[i] + own[i];
  return before;
}();

/// The I-th layer in a type, blocks laid out flat.
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
