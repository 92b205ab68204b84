#pragma once
/// @file
/// What convolution and pooling share: where a window may go, and what is wrong when it cannot.

#include <cstddef>

#include <ctnn/core/layer.hpp>
#include <ctnn/kernels/geometry.hpp>

namespace ctnn::detail {

/// A SlidingWindow is what moves over an image: the kernel of a convolution, the window of a pooling.
struct SlidingWindow {
  Size2d kernel, stride, padding;

  /// check is what is wrong with it on this input; `what` names it in the sentence: "kernel", "window".
  constexpr Sentence check(Shape in, StringView what) const {
    Sentence error;
    if (kernel == Size2d::fraction || stride == Size2d::fraction || padding == Size2d::fraction)
      return "sizes are whole numbers";
    if (kernel.height < 1 || kernel.width < 1)
      return error << what << " must be at least 1x1, got " << kernel;
    if (stride.height < 1 || stride.width < 1)
      return error << "stride must be at least 1x1, got " << stride;
    if (padding.height < 0 || padding.width < 0)
      return error << "padding must not be negative, got " << padding;
    if (in.rank != 3) return error << "expects an image (channels, height, width), got " << in;
    if (size(kernel.height) > in.height() + 2 * size(padding.height) ||
        size(kernel.width) > in.width() + 2 * size(padding.width)) {
      error << what << ' ' << kernel << " does not fit its " << in.height() << 'x' << in.width()
            << " input";
      if (padding != 0) error << " with padding " << padding;
    }
    return error;
  }

  /// check_pool is check() for a pooling, whose padding is at most half of the window.
  constexpr Sentence check_pool(Shape in) const {
    if (padding.height > kernel.height / 2 || padding.width > kernel.width / 2)
      return Sentence("padding ") << padding << " is more than half of the window " << kernel;
    return check(in, "window");
  }

  constexpr kernels::Conv2dGeometry geometry(Shape in, std::size_t out_channels) const {
    return {in.channels(),        in.height(),        in.width(),          out_channels,
            size(kernel.height),  size(kernel.width), size(stride.height), size(stride.width),
            size(padding.height), size(padding.width)};
  }
  constexpr kernels::Pool2dGeometry geometry(Shape in) const {
    return {in.channels(),       in.height(),          in.width(),
            size(kernel.height), size(kernel.width),   size(stride.height),
            size(stride.width),  size(padding.height), size(padding.width)};
  }

  /// output_shape is that of a pooling, or of a convolution to so many channels.
  constexpr Shape output_shape(Shape in, std::size_t channels) const {
    return {
        channels,
        kernels::slide(in.height(), size(kernel.height), size(stride.height), size(padding.height)),
        kernels::slide(in.width(), size(kernel.width), size(stride.width), size(padding.width))};
  }

private:
  static constexpr std::size_t size(int n) { return static_cast<std::size_t>(n); }
};

/// write_size writes a size as it is written in code: `3`, or `{2, 3}`.
constexpr void write_size(Sentence& text, Size2d size) {
  if (size == Size2d::fraction)
    text << "fraction";
  else if (size.height == size.width)
    text << size.height;
  else
    text << '{' << size.height << ", " << size.width << '}';
}

} // namespace ctnn::detail
