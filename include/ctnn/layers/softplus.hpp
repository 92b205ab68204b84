#pragma once

#include <cfloat>
#include <type_traits>

#include <ctnn/layers/elementwise.hpp>
#include <ctnn/layers/options.hpp>

namespace ctnn {
namespace detail {

/// SoftplusRule is how a Softplus with these options runs.
template <auto... Options>
struct SoftplusRule : OptionList<types<beta, threshold>, Options...> {
  static constexpr double steepness = SoftplusRule::get(beta(1)).value,
                          limit = SoftplusRule::get(threshold(20)).value;
  /// base tells the derivative from y where y does: at the threshold it falls by up to exp(-limit), and
  /// the derivatives of x that have one y differ by as much.
  using base = std::conditional_t<(limit >= 20), Elementwise<kernels::softplus<steepness, limit>>,
                                  ElementwiseOfInput<kernels::softplus_of_input<steepness, limit>>>;
};

} // namespace detail

/// Softplus is log(1 + exp(beta · x)) / beta, and x where beta · x is above a threshold. torch.nn.Softplus
///
/// The `Options` are beta(1), a positive number, and threshold(20). With a smaller threshold it does not
/// run as one with the layer before it: its derivative is told from x.
template <auto... Options>
struct Softplus : detail::SoftplusRule<Options...>::base {
private:
  using rule = detail::SoftplusRule<Options...>;

public:
  static constexpr StringView kind = "Softplus";

  static constexpr Sentence describe() {
    Sentence text = kind;
    rule::describe_alone(text);
    return text;
  }
  static constexpr Sentence check(Shape) {
    if (const Sentence wrong = rule::check(kind, 0, "beta(2)"); !wrong.empty()) return wrong;
    if (!(rule::steepness > 0 && rule::steepness <= DBL_MAX))
      return "beta must be a positive number";
    if (!(rule::limit >= -DBL_MAX && rule::limit <= DBL_MAX)) return "threshold must be a number";
    return {};
  }
};

} // namespace ctnn
