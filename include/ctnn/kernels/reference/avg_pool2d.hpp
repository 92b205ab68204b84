#pragma once
/// @file
/// Average pooling, one element at a time: the specification of kernels/avg_pool2d.hpp.

#include <cstddef>

#include <ctnn/kernels/geometry.hpp>

namespace ctnn::kernels::reference {

/// Calls f(input index, output index) for every pair of elements that average pooling links, in the
/// scan order of the outputs and then of the window.
template <class F>
constexpr void avg_pool2d_links(const Pool2dGeometry& g, std::size_t n, F&& f) {
  std::size_t output = 0;
  for (std::size_t image = 0; image < n; ++image)
    for (std::size_t row = 0; row < g.out_height(); ++row)
      for (std::size_t column = 0; column < g.out_width(); ++column)
        for (std::size_t c = 0; c < g.channels; ++c, ++output)
          for (std::size_t k = 0; k < g.kernel_height * g.kernel_width; ++k) {
            // Counted from the padding's edge; the unsigned difference wraps above the image.
            const auto i = row * g.stride_height + k / g.kernel_width - g.padding_top;
            const auto j = column * g.stride_width + k % g.kernel_width - g.padding_left;
            if (i < g.in_height && j < g.in_width)
              f(((image * g.in_height + i) * g.in_width + j) * g.channels + c, output);
          }
}

/// The number of pixels that output number `output` is divided by: those of its window that lie on the
/// image, and on its padding if that counts.
constexpr std::size_t avg_pool2d_count(const Pool2dGeometry& g, std::size_t output) {
  const std::size_t pixel = output / g.channels;
  const std::size_t row = pixel / g.out_width() % g.out_height(), column = pixel % g.out_width();
  const std::size_t padded_height = g.padding_top + g.in_height + g.padding_bottom;
  const std::size_t padded_width = g.padding_left + g.in_width + g.padding_right;
  std::size_t count = 0;
  for (std::size_t k = 0; k < g.kernel_height * g.kernel_width; ++k) {
    const std::size_t i = row * g.stride_height + k / g.kernel_width;
    const std::size_t j = column * g.stride_width + k % g.kernel_width;
    count += g.count_include_pad
                 ? i < padded_height && j < padded_width
                 : i - g.padding_top < g.in_height && j - g.padding_left < g.in_width;
  }
  return count;
}

/// x: n images [H, W, C]. y: n images [H', W', C]. Padding is zeros.
template <class T>
constexpr void avg_pool2d_forward(const Pool2dGeometry& g, std::size_t n, const T* x, T* y) {
  for (std::size_t i = 0; i < n * g.output_size(); ++i) y[i] = 0;
  avg_pool2d_links(g, n, [&](std::size_t in, std::size_t out) { y[out] += x[in]; });
  for (std::size_t i = 0; i < n * g.output_size(); ++i)
    y[i] /= static_cast<T>(avg_pool2d_count(g, i));
}

/// Assigns all of dx.
template <class T>
constexpr void avg_pool2d_backward(const Pool2dGeometry& g, std::size_t n, const T* dy, T* dx) {
  for (std::size_t i = 0; i < n * g.input_size(); ++i) dx[i] = 0;
  avg_pool2d_links(g, n, [&](std::size_t in, std::size_t out) {
    dx[in] += dy[out] / static_cast<T>(avg_pool2d_count(g, out));
  });
}

} // namespace ctnn::kernels::reference
