#pragma once

#include <type_traits>

#include <ctnn/layers/elementwise.hpp>
#include <ctnn/layers/options.hpp>

namespace ctnn {
namespace detail {

template <auto... Options>
using gelu_options = OptionList<types<approximate>, Options...>;

/// gelu_function is the formula that the options ask for.
template <auto... Options>
using gelu_function =
    std::conditional_t<gelu_options<Options...>::get(approximate("none")).word == "tanh",
                       kernels::gelu_tanh, kernels::gelu>;

} // namespace detail

/// GELU is x times the probability that a standard normal number is below x, x (1 + erf(x / √2)) / 2.
/// torch.nn.GELU
///
/// The one of its `Options` is approximate("tanh"), for the formula x (1 + tanh(√(2/π) (x + 0.044715
/// x³))) / 2.
template <auto... Options>
struct GELU : ElementwiseOfInput<detail::gelu_function<Options...>> {
private:
  using options = detail::gelu_options<Options...>;

public:
  static constexpr StringView kind = "GELU";

  static constexpr Sentence describe() {
    Sentence text = kind;
    options::describe_alone(text);
    return text;
  }
  static constexpr Sentence check(Shape) {
    if (const Sentence wrong = options::check(kind, 0, "approximate(\"tanh\")"); !wrong.empty())
      return wrong;
    const approximate asked = options::get(approximate("none"));
    if (asked.word != "none" && asked.word != "tanh") return "approximate is \"none\" or \"tanh\"";
    return {};
  }
};

} // namespace ctnn
