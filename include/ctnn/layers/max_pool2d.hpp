#pragma once

#include <ctnn/core/layer.hpp>
#include <ctnn/kernels/geometry.hpp>
#include <ctnn/layers/sliding_window.hpp>

namespace ctnn {
namespace detail {

/// What is derived from this one is a max pooling to fusion, and says `side`.
struct MaxPooling {};

} // namespace detail

/// The largest element of each window; the first of equals takes the gradient. torch.nn.MaxPool2d
/// Padding is with minus infinity and at most half the window. The stride is the window's size
/// unless given.
template <Size2d Kernel, Size2d Stride = Kernel, Size2d Padding = 0>
struct MaxPool2d : detail::MaxPooling {
  static constexpr StringView kind = "MaxPool2d";
  static constexpr Reads backward_reads = Reads::nothing;
  static constexpr detail::SlidingWindow window{Kernel, Stride, Padding};

  static constexpr Text describe() {
    Text text = "MaxPool2d<";
    window.describe(text, Kernel);
    return text;
  }
  static constexpr Text check(Shape in) { return window.check_pool(in); }
  static constexpr Shape output_shape(Shape in) {
    return {in.channels(), window.out_height(in), window.out_width(in)};
  }
  /// The position of the largest element in its window, one for each output.
  static constexpr std::size_t tape_size(Shape in) { return output_shape(in).size(); }

  /// The side of square windows side by side, otherwise 0.
  static constexpr std::size_t side = Kernel.height == Kernel.width && Stride == Kernel &&
                                              Padding == 0 && Kernel.height > 1
                                          ? static_cast<std::size_t>(Kernel.height)
                                          : 0;

  template <class At>
  using op = kernels::max_pool2d<typename At::value_type, window.geometry(At::input_shape)>;

  template <class Context>
  static void forward(const Context& c) {
    op<Context>::forward(c.samples, c.x.data, c.y.data, c.tape);
  }
  template <class Context>
  static void backward(const Context& c) {
    op<Context>::backward(c.samples, c.tape, c.dy.data, c.dx.data);
  }
};

} // namespace ctnn
