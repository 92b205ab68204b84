#pragma once
/// @file
/// Adaptive average pooling, one element at a time: the specification of
/// kernels/adaptive_avg_pool2d.hpp.

#include <cstddef>

#include <ctnn/kernels/geometry.hpp>

namespace ctnn::kernels::reference {

/// Calls f(input index, output index, window's area) for every pair of elements that adaptive average
/// pooling links, in the scan order of the outputs and then of the window.
template <class F>
constexpr void adaptive_avg_pool2d_links(const AdaptivePool2dGeometry& g, std::size_t n, F&& f) {
  std::size_t output = 0;
  for (std::size_t image = 0; image < n; ++image)
    for (std::size_t row = 0; row < g.out_height; ++row)
      for (std::size_t column = 0; column < g.out_width; ++column)
        for (std::size_t c = 0; c < g.channels; ++c, ++output) {
          // PyTorch's floor and ceiling of row * H / H', written otherwise.
          const std::size_t top = row * g.in_height / g.out_height;
          const std::size_t left = column * g.in_width / g.out_width;
          std::size_t bottom = top, right = left;
          while (bottom * g.out_height < (row + 1) * g.in_height) ++bottom;
          while (right * g.out_width < (column + 1) * g.in_width) ++right;
          for (std::size_t i = top; i < bottom; ++i)
            for (std::size_t j = left; j < right; ++j)
              f(((image * g.in_height + i) * g.in_width + j) * g.channels + c, output,
                (bottom - top) * (right - left));
        }
}

/// x: n images [H, W, C]. y: n images [H', W', C].
template <class T>
constexpr void adaptive_avg_pool2d_forward(const AdaptivePool2dGeometry& g, std::size_t n,
                                           const T* x, T* y) {
  for (std::size_t i = 0; i < n * g.output_size(); ++i) y[i] = 0;
  adaptive_avg_pool2d_links(g, n,
                            [&](std::size_t in, std::size_t out, std::size_t) { y[out] += x[in]; });
  std::size_t divided = 0; // the links of an output are one behind the other
  adaptive_avg_pool2d_links(g, n, [&](std::size_t, std::size_t out, std::size_t area) {
    if (out != divided) return;
    y[out] /= static_cast<T>(area);
    ++divided;
  });
}

/// Assigns all of dx.
template <class T>
constexpr void adaptive_avg_pool2d_backward(const AdaptivePool2dGeometry& g, std::size_t n,
                                            const T* dy, T* dx) {
  for (std::size_t i = 0; i < n * g.input_size(); ++i) dx[i] = 0;
  adaptive_avg_pool2d_links(g, n, [&](std::size_t in, std::size_t out, std::size_t area) {
    dx[in] += dy[out] / static_cast<T>(area);
  });
}

} // namespace ctnn::kernels::reference
