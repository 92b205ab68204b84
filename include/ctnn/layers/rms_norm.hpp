#pragma once

#include <ctnn/layers/normalization.hpp>

namespace ctnn {
namespace detail {

template <auto... Options>
using rms_norm_options = OptionList<types<eps, affine, weight_init>, Options...>;

template <class Options>
inline constexpr NormalizationRule rms_norm_rule{.groups = 0,
                                                 .centered = false,
                                                 .weight = Options::get(affine(true)).enabled,
                                                 .bias = false,
                                                 .eps = Options::get(eps(0)).value};

} // namespace detail

/// RMSNorm is x / √(mean of x² + eps) · weight, over the elements of a vector, or over the channels of
/// each pixel or moment. torch.nn.RMSNorm(C); Zhang and Sennrich, "Root mean square layer normalization",
/// 2019.
///
/// The `Options` are eps, unless given the distance from 1 to the next float, or double as the network
/// has them; affine(false) for no weight; weight_init, ones unless given. The parameter is `weight` {C}.
template <auto... Options>
struct RMSNorm : detail::Normalization<detail::rms_norm_rule<detail::rms_norm_options<Options...>>,
                                       detail::rms_norm_options<Options...>> {
  static constexpr StringView kind = "RMSNorm";

  static constexpr Sentence describe() {
    Sentence text = kind;
    detail::rms_norm_options<Options...>::describe_alone(text);
    return text;
  }
  static constexpr Sentence check(Shape in) {
    return RMSNorm::check_options(in, kind, 0,
                                  "eps(1e-6); normalized_shape is inferred: the channels");
  }
};

} // namespace ctnn
