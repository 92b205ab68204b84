#pragma once

#include <ctnn/core/layer.hpp>
#include <ctnn/kernels/geometry.hpp>
#include <ctnn/layers/affine.hpp>

namespace ctnn {

/// y = x W^T + b. {in_features} -> {OutFeatures}. torch.nn.Linear
/// `weight` is {OutFeatures, in_features}, `bias` {OutFeatures}.
template <int OutFeatures>
struct Linear : detail::Affine {
  static constexpr StringView kind = "Linear";

  static constexpr Text describe() { return Text("Linear<") << OutFeatures << '>'; }
  static constexpr Text check(Shape in) {
    Text error;
    if (OutFeatures < 1) return error << "out_features must be at least 1, got " << OutFeatures;
    if (in.rank != 1) error << "expects a flat input, got " << in << " (put Flatten before it)";
    return error;
  }
  static constexpr Shape output_shape(Shape) { return {OutFeatures}; }
  static constexpr auto parameters(Shape in) {
    return std::array{Parameter{"weight", {OutFeatures, in.size()}, uniform_by_fan_in(in.size())},
                      Parameter{"bias", {OutFeatures}, uniform_by_fan_in(in.size())}};
  }
  static constexpr std::size_t multiply_adds(Shape in) {
    return in.size() * static_cast<std::size_t>(OutFeatures);
  }

  template <class At, class Epilogue>
  using kernel = kernels::linear<typename At::value_type, At::input_shape.size(),
                                 static_cast<std::size_t>(OutFeatures), Epilogue>;
};

} // namespace ctnn
