#pragma once

#include <ctnn/layers/normalization.hpp>

namespace ctnn {
namespace detail {

template <auto... Options>
using layer_norm_options = OptionList<types<eps, affine, bias, weight_init, bias_init>, Options...>;

template <class Options>
inline constexpr NormalizationRule layer_norm_rule{
    .groups = 0,
    .centered = true,
    .weight = Options::get(affine(true)).enabled,
    .bias = Options::get(affine(true)).enabled&& Options::get(bias(true)).enabled,
    .eps = Options::get(eps(1e-5)).value};

} // namespace detail

/// LayerNorm is (x - mean) / √(variance + eps) · weight + bias, over the elements of a vector, or over
/// the channels of each pixel or moment: torch.nn.LayerNorm(C), of an image seen with its channels last.
///
/// The `Options` are eps, 1e-5 unless given; affine(false) for no parameters; bias(false) for a weight
/// alone; weight_init, ones unless given, and bias_init, zeros. The parameters are `weight` {C} and
/// `bias` {C}.
template <auto... Options>
struct LayerNorm
    : detail::Normalization<detail::layer_norm_rule<detail::layer_norm_options<Options...>>,
                            detail::layer_norm_options<Options...>> {
  static constexpr StringView kind = "LayerNorm";

  static constexpr Sentence describe() {
    Sentence text = kind;
    detail::layer_norm_options<Options...>::describe_alone(text);
    return text;
  }
  static constexpr Sentence check(Shape in) {
    return LayerNorm::check_options(in, kind, 0,
                                    "eps(1e-6); normalized_shape is inferred: the channels");
  }
};

} // namespace ctnn
