#pragma once
/// @file
/// What convolution and pooling share: where a window may go, and what is wrong when it cannot.

#include <cstddef>

#include <ctnn/core/layer.hpp>
#include <ctnn/kernels/geometry.hpp>
#include <ctnn/layers/options.hpp>

namespace ctnn::detail {

/// A SlidingWindow is what moves over an image, or over a sequence, which is an image of height 1: the
/// kernel of a convolution, the window of a pooling.
struct SlidingWindow {
  Size2d kernel, stride;
  padding sides;
  Size2d dilation = 1;
  bool ceil_mode = false; ///< whether there is one more window for pixels that are left over

  /// check is what is wrong with it on this input, which has to be an image, or a sequence if that is
  /// said; `what` names it in the sentence: "kernel", "window".
  constexpr Sentence check(Shape in, StringView what, bool of_sequence = false) const {
    Sentence error = check_sizes(what);
    if (!error.empty()) return error;
    if (of_sequence && in.rank != 2)
      return error << "expects a sequence (channels, length), got " << in;
    if (!of_sequence && in.rank != 3)
      return error << "expects an image (channels, height, width), got " << in;
    if (of_sequence && (stride.height != stride.width || dilation.height != dilation.width))
      return error << "stride and dilation are one number for a sequence";
    if (of_sequence && sides.top + sides.bottom > 0 && sides != padding(sides.left))
      return error << "padding is one number for a sequence, or padding(0, 0, left, right)";
    const Axis y = vertical(in), x = horizontal(in);
    if (!y.fits() || !x.fits()) {
      error << what << ' ' << kernel;
      if (dilation != 1) error << " with dilation " << dilation;
      error << " does not fit its " << in.height() << 'x' << in.width() << " input";
      if (sides != padding(0)) {
        error << " with padding ";
        write_sides(error);
      }
    }
    return error;
  }

  /// check_sizes is what is wrong with it on any input.
  constexpr Sentence check_sizes(StringView what) const {
    constexpr int fraction = Size2d::fraction;
    Sentence error;
    if (kernel == fraction || stride == fraction || sides == padding(fraction) ||
        dilation == fraction)
      return "sizes are whole numbers";
    if (!sides.known) return "padding is numbers, \"same\", or \"valid\"";
    if (kernel.height < 1 || kernel.width < 1)
      return error << what << " must be at least 1x1, got " << kernel;
    if (stride.height < 1 || stride.width < 1)
      return error << "stride must be at least 1x1, got " << stride;
    if (dilation.height < 1 || dilation.width < 1)
      return error << "dilation must be at least 1x1, got " << dilation;
    if (sides.top < 0 || sides.bottom < 0 || sides.left < 0 || sides.right < 0) {
      error << "padding must not be negative, got ";
      write_sides(error);
      return error;
    }
    return error;
  }

  /// check_pool is check() for a pooling, whose padding is at most half of the window.
  constexpr Sentence check_pool(Shape in, bool of_sequence) const {
    if (sides.left > kernel.width / 2 || sides.right > kernel.width / 2 ||
        (!of_sequence && (sides.top > kernel.height / 2 || sides.bottom > kernel.height / 2))) {
      Sentence error = "padding ";
      write_sides(error);
      return error << " is more than half of the window " << kernel;
    }
    return check(in, "window", of_sequence);
  }

  /// geometry is that of a convolution. A column of pixels lies in memory as a row does, and is one to the
  /// kernels, which like rows.
  constexpr kernels::Conv2dGeometry geometry(Shape in, std::size_t out_channels,
                                             std::size_t groups) const {
    Axis y = vertical(in), x = horizontal(in);
    if (x.padded() == 1) {
      const Axis column = y;
      y = x;
      x = column;
    }
    return {in.channels(), y.in,     x.in,       out_channels, y.kernel,
            x.kernel,      y.stride, x.stride,   y.before,     x.before,
            y.behind,      x.behind, y.dilation, x.dilation,   groups};
  }
  constexpr kernels::Pool2dGeometry geometry(Shape in) const {
    const Axis y = vertical(in), x = horizontal(in);
    return {in.channels(), y.in,     x.in,     y.kernel, x.kernel,     y.stride,    x.stride,
            y.before,      x.before, y.behind, x.behind, y.overhang(), x.overhang()};
  }

  /// output_shape is that of a pooling, or of a convolution to so many channels.
  constexpr Shape output_shape(Shape in, std::size_t channels) const {
    const Axis x = horizontal(in);
    if (in.rank == 2) return {channels, x.out()};
    return {channels, vertical(in).out(), x.out()};
  }

private:
  static constexpr std::size_t size(int n) { return static_cast<std::size_t>(n); }

  /// An Axis is what moves along one axis of an image; `before` and `behind` are padding.
  struct Axis {
    std::size_t in, kernel, stride, dilation, before, behind;
    bool ceil_mode;

    constexpr std::size_t span() const { return dilation * (kernel - 1) + 1; }
    constexpr std::size_t padded() const { return before + in + behind; }
    /// overhang is how far one more window reaches beyond the padding, which there is if it begins on the
    /// image or before it, and if pixels are left over for it.
    constexpr std::size_t overhang() const {
      const std::size_t windows = span() > padded() ? 0 : (padded() - span()) / stride + 1;
      const std::size_t beyond = windows * stride + span() - padded();
      return ceil_mode && windows * stride < before + in && beyond < stride ? beyond : 0;
    }
    constexpr bool fits() const { return span() <= padded() + overhang(); }
    constexpr std::size_t out() const {
      return kernels::slide(in, kernel, stride, before + behind + overhang(), dilation);
    }
    /// same is the axis with padding such that out() is in / stride, rounded up.
    constexpr Axis same() const {
      const std::size_t reach = ((in + stride - 1) / stride - 1) * stride + span();
      const std::size_t padding = reach > in ? reach - in : 0;
      return {in, kernel, stride, dilation, padding / 2, padding - padding / 2, ceil_mode};
    }
  };
  constexpr Axis vertical(Shape in) const {
    const bool padded = in.rank > 2; // a sequence has a height of 1, and nothing above it
    const Axis axis{in.height(),
                    size(kernel.height),
                    size(stride.height),
                    size(dilation.height),
                    padded * size(sides.top),
                    padded * size(sides.bottom),
                    ceil_mode};
    return sides.same ? axis.same() : axis;
  }
  constexpr Axis horizontal(Shape in) const {
    const Axis axis{in.width(),       size(kernel.width), size(stride.width), size(dilation.width),
                    size(sides.left), size(sides.right),  ceil_mode};
    return sides.same ? axis.same() : axis;
  }

  /// write_sides writes padding as sentences have it: 1x0, or one number a side.
  constexpr void write_sides(Sentence& text) const {
    if (sides.same)
      text << "\"same\"";
    else if (sides.top == sides.bottom && sides.left == sides.right)
      text << Size2d(sides.top, sides.left);
    else
      text << sides.top << ", " << sides.bottom << ", " << sides.left << ", " << sides.right;
  }
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
