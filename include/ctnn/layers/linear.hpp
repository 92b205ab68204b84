#pragma once

#include <ctnn/core/layer.hpp>
#include <ctnn/kernels/geometry.hpp>

namespace ctnn {

/// y = x W^T + b. {in_features} -> {OutFeatures}. torch.nn.Linear
/// `weight` is {OutFeatures, in_features}, `bias` {OutFeatures}.
template <int OutFeatures>
struct Linear {
  static constexpr StringView kind = "Linear";
  static constexpr Reads backward_reads = Reads::input;

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

  template <class At>
  using kernel = kernels::linear<typename At::value_type, At::input_shape.size(),
                                 static_cast<std::size_t>(OutFeatures)>;

  template <class Context>
  static void forward(const Context& c) {
    kernel<Context>::forward(c.samples, c.x.data, c.derived, c.y.data, c.scratch);
  }
  template <class Context>
  static void backward(const Context& c) {
    kernel<Context>::backward_parameters(c.samples, c.x.data, c.dy.data, c.derived_gradient,
                                         c.scratch);
    if constexpr (Context::needs_dx)
      kernel<Context>::backward_input(c.samples, c.dy.data, c.derived, c.dx.data, c.scratch);
  }
};

} // namespace ctnn
