#pragma once

#include <cstddef>

#include <ctnn/layers/normalization.hpp>

namespace ctnn {
namespace detail {

template <auto... Options>
using group_norm_options = OptionList<types<eps, affine, weight_init, bias_init>, Options...>;

template <int Groups, class Options>
inline constexpr NormalizationRule group_norm_rule{
    .groups = Groups > 0 ? static_cast<std::size_t>(Groups) : 1,
    .centered = true,
    .weight = Options::get(affine(true)).enabled,
    .bias = Options::get(affine(true)).enabled,
    .eps = Options::get(eps(1e-5)).value};

} // namespace detail

/// GroupNorm is (x - mean) / √(variance + eps) · weight + bias, over `Groups` groups of channels, each
/// with all their pixels. torch.nn.GroupNorm(Groups, C)
///
/// The `Options` are eps, 1e-5 unless given; affine(false) for no parameters; weight_init, ones unless
/// given, and bias_init, zeros. The parameters are `weight` {C} and `bias` {C}.
template <int Groups, auto... Options>
struct GroupNorm
    : detail::Normalization<detail::group_norm_rule<Groups, detail::group_norm_options<Options...>>,
                            detail::group_norm_options<Options...>> {
  static constexpr StringView kind = "GroupNorm";

  static constexpr Sentence describe() {
    Sentence text = "GroupNorm<";
    text << Groups;
    detail::group_norm_options<Options...>::describe(text);
    return text << '>';
  }
  static constexpr Sentence check(Shape in) {
    if (const Sentence wrong = GroupNorm::check_options(
            in, kind, 1, "eps(1e-6); num_groups come first, num_channels are inferred");
        !wrong.empty())
      return wrong;
    Sentence error;
    if (Groups < 1) return error << "num_groups must be at least 1, got " << Groups;
    if (in.channels() % static_cast<std::size_t>(Groups) != 0)
      return error << "num_groups " << Groups << " does not divide the " << in.channels()
                   << " channels of its input";
    if (in.size() == static_cast<std::size_t>(Groups))
      error << "each group has one element, which its mean would take away";
    return error;
  }
};

} // namespace ctnn
