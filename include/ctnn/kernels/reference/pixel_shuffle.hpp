#pragma once
/// @file
/// Channels that become pixels, one element at a time: the specification of kernels/pixel_shuffle.hpp.

#include <cstddef>

#include <ctnn/kernels/geometry.hpp>

namespace ctnn::kernels::reference {

/// Calls f(input index, output index) for every element of the images.
template <class F>
constexpr void pixel_shuffle_links(const PixelShuffleGeometry& g, std::size_t n, F&& f) {
  std::size_t output = 0;
  for (std::size_t image = 0; image < n; ++image)
    for (std::size_t row = 0; row < g.out_height(); ++row)
      for (std::size_t column = 0; column < g.out_width(); ++column)
        for (std::size_t c = 0; c < g.channels; ++c, ++output) {
          const std::size_t i = image * g.in_height + row / g.factor;
          const std::size_t j = column / g.factor;
          const std::size_t part = row % g.factor * g.factor + column % g.factor;
          f((i * g.in_width + j) * g.channels * g.area() + c * g.area() + part, output);
        }
}

/// x: n images [H, W, C factor factor]. y: n images [H factor, W factor, C].
template <class T>
constexpr void pixel_shuffle_forward(const PixelShuffleGeometry& g, std::size_t n, const T* x,
                                     T* y) {
  pixel_shuffle_links(g, n, [&](std::size_t in, std::size_t out) { y[out] = x[in]; });
}

/// Assigns all of dx.
template <class T>
constexpr void pixel_shuffle_backward(const PixelShuffleGeometry& g, std::size_t n, const T* dy,
                                      T* dx) {
  pixel_shuffle_links(g, n, [&](std::size_t in, std::size_t out) { dx[in] = dy[out]; });
}

} // namespace ctnn::kernels::reference
