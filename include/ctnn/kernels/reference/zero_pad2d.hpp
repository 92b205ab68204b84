#pragma once
/// @file
/// Zeros around an image, one element at a time: the specification of kernels/zero_pad2d.hpp.

#include <cstddef>

#include <ctnn/kernels/geometry.hpp>

namespace ctnn::kernels::reference {

/// Calls f(input index, output index) for every element of the images.
template <class F>
constexpr void zero_pad2d_links(const Pad2dGeometry& g, std::size_t n, F&& f) {
  std::size_t input = 0;
  for (std::size_t image = 0; image < n; ++image)
    for (std::size_t i = 0; i < g.in_height; ++i)
      for (std::size_t j = 0; j < g.in_width; ++j)
        for (std::size_t c = 0; c < g.channels; ++c, ++input) {
          const std::size_t row = image * g.out_height() + g.top + i;
          f(input, (row * g.out_width() + g.left + j) * g.channels + c);
        }
}

/// x: n images [H, W, C]. y: n images [H', W', C].
template <class T>
constexpr void zero_pad2d_forward(const Pad2dGeometry& g, std::size_t n, const T* x, T* y) {
  for (std::size_t i = 0; i < n * g.output_size(); ++i) y[i] = 0;
  zero_pad2d_links(g, n, [&](std::size_t in, std::size_t out) { y[out] = x[in]; });
}

/// Assigns all of dx.
template <class T>
constexpr void zero_pad2d_backward(const Pad2dGeometry& g, std::size_t n, const T* dy, T* dx) {
  zero_pad2d_links(g, n, [&](std::size_t in, std::size_t out) { dx[in] = dy[out]; });
}

} // namespace ctnn::kernels::reference
