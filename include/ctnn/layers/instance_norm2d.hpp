#pragma once

#include <ctnn/layers/normalization.hpp>

namespace ctnn {
namespace detail {

template <auto... Options>
using instance_norm_options = OptionList<types<eps, affine, weight_init, bias_init>, Options...>;

template <class Options>
inline constexpr NormalizationRule instance_norm_rule{.groups = NormalizationRule::all_channels,
                                                      .centered = true,
                                                      .weight = Options::get(affine(false)).enabled,
                                                      .bias = Options::get(affine(false)).enabled,
                                                      .eps = Options::get(eps(1e-5)).value};

} // namespace detail

/// InstanceNorm2d is (x - mean) / √(variance + eps), over all pixels of each channel: in training and
/// afterwards alike, as no running statistics are kept. torch.nn.InstanceNorm2d(C)
///
/// The `Options` are eps, 1e-5 unless given; affine(true) for · weight + bias behind it; then weight_init,
/// ones unless given, and bias_init, zeros. The parameters are `weight` {C} and `bias` {C}, or none.
template <auto... Options>
struct InstanceNorm2d
    : detail::Normalization<detail::instance_norm_rule<detail::instance_norm_options<Options...>>,
                            detail::instance_norm_options<Options...>> {
  static constexpr StringView kind = "InstanceNorm2d";

  static constexpr Sentence describe() {
    Sentence text = kind;
    detail::instance_norm_options<Options...>::describe_alone(text);
    return text;
  }
  static constexpr Sentence check(Shape in) {
    if (const Sentence wrong =
            InstanceNorm2d::check_options(in, kind, 0, "affine(true); num_features are inferred");
        !wrong.empty())
      return wrong;
    if (in.rank != 3) return Sentence("expects an image (channels, height, width), got ") << in;
    if (in.height() * in.width() == 1)
      return "each channel has one pixel, which its mean would take away";
    return {};
  }
};

} // namespace ctnn
