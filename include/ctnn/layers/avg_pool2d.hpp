#pragma once

#include <ctnn/core/layer.hpp>
#include <ctnn/kernels/geometry.hpp>
#include <ctnn/layers/sliding_window.hpp>

namespace ctnn {

/// The mean of each window; padded zeros count. torch.nn.AvgPool2d
/// Padding is at most half the window. The stride is the window's size unless given.
template <Size2d Kernel, Size2d Stride = Kernel, Size2d Padding = 0>
struct AvgPool2d {
  static constexpr StringView kind = "AvgPool2d";
  static constexpr Reads backward_reads = Reads::nothing;
  static constexpr detail::SlidingWindow window{Kernel, Stride, Padding};

  static constexpr Text describe() {
    Text text = "AvgPool2d<";
    window.describe(text, Kernel);
    return text;
  }
  static constexpr Text check(Shape in) { return window.check_pool(in); }
  static constexpr Shape output_shape(Shape in) {
    return {in.channels(), window.out_height(in), window.out_width(in)};
  }

  template <class At>
  using op = kernels::avg_pool2d<typename At::value_type, window.geometry(At::input_shape)>;

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
