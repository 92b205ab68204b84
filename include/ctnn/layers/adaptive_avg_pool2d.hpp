#pragma once

#include <ctnn/core/layer.hpp>
#include <ctnn/kernels/names.hpp>
#include <ctnn/layers/sliding_window.hpp>

namespace ctnn {

/// AdaptiveAvgPool2d makes an image of any height and width one of `Output`, {C, H, W} becomes {C,
/// Output}: each of its pixels is the mean of rows ⌊iH / H'⌋ to ⌈(i + 1)H / H'⌉ and of columns likewise.
/// `AdaptiveAvgPool2d<1>` is the mean of each channel. torch.nn.AdaptiveAvgPool2d
template <Size2d Output>
struct AdaptiveAvgPool2d {
  static constexpr StringView kind = "AdaptiveAvgPool2d";
  static constexpr Reads backward_reads = Reads::nothing;

  static constexpr Sentence describe() {
    Sentence text = "AdaptiveAvgPool2d<";
    detail::write_size(text, Output);
    return text << '>';
  }
  static constexpr Sentence check(Shape in) {
    if (Output == Size2d::fraction) return "sizes are whole numbers";
    if (Output.height < 1 || Output.width < 1)
      return Sentence("output_size must be at least 1x1, got ") << Output;
    if (in.rank != 3) return Sentence("expects an image (channels, height, width), got ") << in;
    return {};
  }
  static constexpr Shape output_shape(Shape in) {
    return {in.channels(), static_cast<std::size_t>(Output.height),
            static_cast<std::size_t>(Output.width)};
  }

  /// op is the kernel that runs the layer.
  template <class At>
  using op = kernels::adaptive_avg_pool2d<typename At::value_type,
                                          kernels::AdaptivePool2dGeometry{
                                              At::input_shape.channels(), At::input_shape.height(),
                                              At::input_shape.width(), At::output_shape.height(),
                                              At::output_shape.width()}>;

  template <class Context>
  static void forward(const Context& c) {
    op<Context>::forward(c.samples, c.x.data, c.y.data);
  }
  template <class Context>
  static void backward(const Context& c) {
    op<Context>::backward(c.samples, c.dy.data, c.dx.data);
  }
};

} // namespace ctnn
