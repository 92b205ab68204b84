#pragma once
// What convolution and pooling share: where a window may go, and what is wrong when it cannot.

#include <ctnn/core/layer.hpp>
#include <ctnn/kernels/geometry.hpp>

namespace ctnn::detail {

struct SlidingWindow {
  Size2d kernel, stride, padding;

  /// `what` names the window in the sentence: "kernel" or "window".
  constexpr Text check(Shape in, StringView what) const {
    Text error;
    if (kernel.height < 1 || kernel.width < 1)
      return error << what << " must be at least 1x1, got " << kernel;
    if (stride.height < 1 || stride.width < 1)
      return error << "stride must be at least 1x1, got " << stride;
    if (padding.height < 0 || padding.width < 0)
      return error << "padding must not be negative, got " << padding;
    if (in.rank != 3) return error << "expects an image (channels, height, width), got " << in;
    const Size2d padded{static_cast<int>(in.height()) + 2 * padding.height,
                        static_cast<int>(in.width()) + 2 * padding.width};
    if (kernel.height > padded.height || kernel.width > padded.width) {
      error << what << ' ' << kernel << " does not fit its " << in.height() << 'x' << in.width()
            << " input";
      if (padding != 0) error << " with padding " << padding;
    }
    return error;
  }

  constexpr Text check_pool(Shape in) const {
    if (2 * padding.height > kernel.height || 2 * padding.width > kernel.width)
      return Text("padding ") << padding << " is more than half of the window " << kernel;
    return check(in, "window");
  }
  constexpr kernels::Pool2dGeometry geometry(Shape in) const {
    const auto size = [](int n) { return static_cast<std::size_t>(n); };
    return {in.channels(),       in.height(),          in.width(),
            size(kernel.height), size(kernel.width),   size(stride.height),
            size(stride.width),  size(padding.height), size(padding.width)};
  }

  /// `<32, 3, 2, 1>`: the arguments as written, without trailing defaults.
  constexpr void describe(Text& text, Size2d default_stride) const {
    const auto size = [&text](Size2d s) {
      if (s.height == s.width)
        text << s.height;
      else
        text << '{' << s.height << ", " << s.width << '}';
    };
    size(kernel);
    if (stride != default_stride || padding != 0) {
      text << ", ";
      size(stride);
    }
    if (padding != 0) {
      text << ", ";
      size(padding);
    }
    text << '>';
  }

  /// Output extent as in PyTorch: floor((in + 2 padding - kernel) / stride) + 1.
  constexpr std::size_t out_height(Shape in) const {
    return (in.height() + static_cast<std::size_t>(2 * padding.height - kernel.height)) /
               static_cast<std::size_t>(stride.height) +
           1;
  }
  constexpr std::size_t out_width(Shape in) const {
    return (in.width() + static_cast<std::size_t>(2 * padding.width - kernel.width)) /
               static_cast<std::size_t>(stride.width) +
           1;
  }
};

} // namespace ctnn::detail
