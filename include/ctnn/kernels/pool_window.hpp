#pragma once
/// @file
/// Where a pooling window lies on its image: what max_pool2d and avg_pool2d have in common.

#include <algorithm>
#include <cstddef>

#include <ctnn/core/instruction_set.hpp>
#include <ctnn/kernels/geometry.hpp>

namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET::detail {

/// A KernelRange is the positions [begin, end) of a kernel that lie on the image, along one axis.
struct KernelRange {
  std::size_t begin, end;
};

constexpr KernelRange clip(std::size_t start, std::size_t kernel, std::size_t padding,
                           std::size_t in, std::size_t behind) {
  // No window passes the padding. A constant range lets the compiler unroll it.
  if (padding == 0 && behind == 0) return {0, kernel};
  return {start < padding ? padding - start : 0, std::min(kernel, in + padding - start)};
}

/// A PoolWindow is one window, clipped to the image; never empty. Offsets are in elements of one image,
/// channel 0.
template <Pool2dGeometry G>
struct PoolWindow {
  static_assert(G.padding_top < G.kernel_height && G.padding_left < G.kernel_width &&
                    (G.out_height() - 1) * G.stride_height < G.padding_top + G.in_height &&
                    (G.out_width() - 1) * G.stride_width < G.padding_left + G.in_width,
                "the first window ends on the image or behind it, the last begins on it or before");

  std::size_t row, column; // of the output pixel
  KernelRange rows = clip(row * G.stride_height, G.kernel_height, G.padding_top, G.in_height,
                          G.padding_bottom + G.overhang_bottom);
  KernelRange columns = clip(column * G.stride_width, G.kernel_width, G.padding_left, G.in_width,
                             G.padding_right + G.overhang_right);

  constexpr std::size_t output() const { return (row * G.out_width() + column) * G.channels; }

  /// first is the window position, counted over the unclipped kernel, of the first pixel on the image.
  constexpr std::size_t first() const { return rows.begin * G.kernel_width + columns.begin; }

  /// counted is the number of pixels that an average is divided by: those of image and padding, or of
  /// the image alone.
  constexpr std::size_t counted() const {
    if (!G.count_include_pad) return (rows.end - rows.begin) * (columns.end - columns.begin);
    return clip(row * G.stride_height, G.kernel_height, 0,
                G.padding_top + G.in_height + G.padding_bottom, G.overhang_bottom)
               .end *
           clip(column * G.stride_width, G.kernel_width, 0,
                G.padding_left + G.in_width + G.padding_right, G.overhang_right)
               .end;
  }

  /// Calls f(input offset, window position) in scan order.
  template <class F>
  constexpr void for_each_pixel(F&& f) const {
    for (std::size_t i = rows.begin; i < rows.end; ++i)
      for (std::size_t j = columns.begin; j < columns.end; ++j) {
        const std::size_t in_row = row * G.stride_height + i - G.padding_top;
        const std::size_t in_column = column * G.stride_width + j - G.padding_left;
        f((in_row * G.in_width + in_column) * G.channels, i * G.kernel_width + j);
      }
  }
};

/// Calls f(window) for every output pixel of one image.
template <Pool2dGeometry G, class F>
constexpr void for_each_window(F&& f) {
  for (std::size_t row = 0; row < G.out_height(); ++row)
    for (std::size_t column = 0; column < G.out_width(); ++column)
      f(PoolWindow<G>{.row = row, .column = column});
}

/// windows_disjoint is whether no input pixel is in two windows.
template <Pool2dGeometry G>
inline constexpr bool windows_disjoint =
    G.stride_height >= G.kernel_height&& G.stride_width >= G.kernel_width;

/// windows_tile is whether the windows cover the image exactly once.
template <Pool2dGeometry G>
inline constexpr bool windows_tile =
    G.stride_height == G.kernel_height&& G.stride_width == G.kernel_width&& G.padding_top == 0 &&
    G.padding_left == 0 && G.padding_bottom == 0 && G.padding_right == 0 &&
    G.in_height % G.kernel_height == 0 && G.in_width % G.kernel_width == 0;

/// begin_gradient zeroes what backward may leave untouched or adds to: all of dx, unless the windows
/// tile it.
template <class T, Pool2dGeometry G>
inline void begin_gradient(std::size_t n, T* dx) {
  if constexpr (!windows_tile<G>) std::fill_n(dx, n * G.input_size(), T(0));
}

} // namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET::detail
