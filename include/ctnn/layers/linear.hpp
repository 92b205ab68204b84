#pragma once

#include <cstddef>

#include <ctnn/core/array.hpp>
#include <ctnn/core/layer.hpp>
#include <ctnn/kernels/names.hpp>
#include <ctnn/layers/fused.hpp>
#include <ctnn/layers/options.hpp>

namespace ctnn {

/// Linear is y = x W^T + b: {in_features} becomes {OutFeatures}. torch.nn.Linear
///
/// The `Options` are bias(false) for no b; weight_init and bias_init, uniform_by_fan_in unless given.
/// The parameters are `weight` {OutFeatures, in_features} and `bias` {OutFeatures}.
template <int OutFeatures, auto... Options>
struct Linear : detail::Fusable {
private:
  using options = detail::OptionList<detail::types<bias, weight_init, bias_init>, Options...>;
  static constexpr bool has_bias = options::get(bias(true)).enabled;

public:
  static constexpr StringView kind = "Linear";

  static constexpr Sentence describe() {
    Sentence text = "Linear<";
    text << OutFeatures;
    options::describe(text);
    return text << '>';
  }
  static constexpr Sentence check(Shape in) {
    if (const Sentence wrong = options::check(
            kind, 1, "bias(false); out_features come first, in_features are inferred");
        !wrong.empty())
      return wrong;
    Sentence error;
    if (OutFeatures < 1) return error << "out_features must be at least 1, got " << OutFeatures;
    if (in.rank != 1)
      return error << "expects a flat input, got " << in << " (put Flatten before it)";
    if (!has_bias && options::template has<bias_init>) return detail::no_bias_error;
    return detail::starts_error(parameters(in));
  }
  static constexpr Shape output_shape(Shape) { return {OutFeatures}; }
  static constexpr auto parameters(Shape in) {
    const auto initial = uniform_by_fan_in(in.size());
    const Parameter weight{
        "weight", {OutFeatures, in.size()}, options::get(weight_init(initial)).initial};
    if constexpr (has_bias)
      return detail::Array{
          weight, Parameter{"bias", {OutFeatures}, options::get(bias_init(initial)).initial}};
    else
      return detail::Array{weight};
  }
  static constexpr std::size_t multiply_adds(Shape in) {
    return in.size() * static_cast<std::size_t>(OutFeatures);
  }

  /// kernel is what runs the layer, with `Epilogue` behind it.
  template <class T, Shape In, class Epilogue, kernels::ConvolutionAlgorithm>
  using kernel = kernels::linear<T, In.size(), static_cast<std::size_t>(OutFeatures), Epilogue>;
};

} // namespace ctnn
