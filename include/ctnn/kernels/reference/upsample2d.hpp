#pragma once
/// @file
/// Images that grow, one element at a time: the specification of kernels/upsample2d.hpp.

#include <cstddef>

#include <ctnn/kernels/geometry.hpp>

namespace ctnn::kernels::reference {

/// Calls f(image, row, column, channel, output index) for every element of y.
template <class F>
constexpr void upsample2d_outputs(const Upsample2dGeometry& g, std::size_t n, F&& f) {
  std::size_t output = 0;
  for (std::size_t image = 0; image < n; ++image)
    for (std::size_t row = 0; row < g.out_height(); ++row)
      for (std::size_t column = 0; column < g.out_width(); ++column)
        for (std::size_t c = 0; c < g.channels; ++c, ++output) f(image, row, column, c, output);
}

/// Calls f(input index, output index) for every pair of elements that are the same pixel.
template <class F>
constexpr void upsample_nearest2d_links(const Upsample2dGeometry& g, std::size_t n, F&& f) {
  upsample2d_outputs(g, n, [&](auto image, auto row, auto column, auto c, auto output) {
    const std::size_t i = image * g.in_height + row / g.scale_height;
    f((i * g.in_width + column / g.scale_width) * g.channels + c, output);
  });
}

/// The weight of pixel `k` of an axis of `in` pixels for pixel `i` of the same axis `scale` times as long,
/// once if it is the one before, once if it is the one behind; the last one can be both.
template <class T>
constexpr T upsample_weight(std::size_t i, std::size_t in, std::size_t scale, bool align_corners,
                            std::size_t k, bool behind) {
  // The place of i in units of 1 / whole of a pixel.
  std::size_t place = 0, whole = 2 * scale;
  if (align_corners) {
    place = i * (in - 1);
    whole = in * scale == 1 ? 1 : in * scale - 1;
  } else if (2 * i + 1 > scale) {
    place = 2 * i + 1 - scale;
  }
  std::size_t before = 0;
  while ((before + 1) * whole <= place) ++before;
  const std::size_t next = before + 1 < in ? before + 1 : before;
  const T weight = static_cast<T>(place - before * whole) / static_cast<T>(whole);
  if (behind) return k == next ? weight : 0;
  return k == before ? 1 - weight : 0;
}

/// Calls f(input index, output index, weight) for every pair of elements that interpolation links, in the
/// scan order of the outputs and then of the inputs.
template <class T, class F>
constexpr void upsample_bilinear2d_links(const Upsample2dGeometry& g, std::size_t n, F&& f) {
  upsample2d_outputs(g, n, [&](auto image, auto row, auto column, auto c, auto output) {
    for (const bool below : {false, true})
      for (const bool beside : {false, true})
        for (std::size_t i = 0; i < g.in_height; ++i)
          for (std::size_t j = 0; j < g.in_width; ++j) {
            const T weight =
                upsample_weight<T>(row, g.in_height, g.scale_height, g.align_corners, i, below) *
                upsample_weight<T>(column, g.in_width, g.scale_width, g.align_corners, j, beside);
            if (weight != 0)
              f(((image * g.in_height + i) * g.in_width + j) * g.channels + c, output, weight);
          }
  });
}

/// x: n images [H, W, C]. y: n images [H', W', C].
template <class T>
constexpr void upsample_nearest2d_forward(const Upsample2dGeometry& g, std::size_t n, const T* x,
                                          T* y) {
  upsample_nearest2d_links(g, n, [&](std::size_t in, std::size_t out) { y[out] = x[in]; });
}

/// Assigns all of dx.
template <class T>
constexpr void upsample_nearest2d_backward(const Upsample2dGeometry& g, std::size_t n, const T* dy,
                                           T* dx) {
  for (std::size_t i = 0; i < n * g.input_size(); ++i) dx[i] = 0;
  upsample_nearest2d_links(g, n, [&](std::size_t in, std::size_t out) { dx[in] += dy[out]; });
}

/// x: n images [H, W, C]. y: n images [H', W', C].
template <class T>
constexpr void upsample_bilinear2d_forward(const Upsample2dGeometry& g, std::size_t n, const T* x,
                                           T* y) {
  for (std::size_t i = 0; i < n * g.output_size(); ++i) y[i] = 0;
  upsample_bilinear2d_links<T>(
      g, n, [&](std::size_t in, std::size_t out, T weight) { y[out] += weight * x[in]; });
}

/// Assigns all of dx.
template <class T>
constexpr void upsample_bilinear2d_backward(const Upsample2dGeometry& g, std::size_t n, const T* dy,
                                            T* dx) {
  for (std::size_t i = 0; i < n * g.input_size(); ++i) dx[i] = 0;
  upsample_bilinear2d_links<T>(
      g, n, [&](std::size_t in, std::size_t out, T weight) { dx[in] += weight * dy[out]; });
}

} // namespace ctnn::kernels::reference
