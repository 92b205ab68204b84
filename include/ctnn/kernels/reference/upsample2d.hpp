#pragma once
/// @file
/// Images that grow, one element at a time: the specification of kernels/upsample2d.hpp.

#include <cstddef>
#include <initializer_list>

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

/// The pixels of an axis before and behind pixel `i` of the same axis `scale` times as long, which can be
/// one, and the weight of the one behind.
template <class T>
struct UpsamplePlace {
  std::size_t before = 0, behind;
  T weight;

  constexpr UpsamplePlace(std::size_t i, std::size_t in, std::size_t scale, bool align_corners) {
    std::size_t place = 0, whole = 2 * scale; // place is in units of 1 / whole of a pixel
    if (align_corners) {
      place = i * (in - 1);
      whole = in * scale == 1 ? 1 : in * scale - 1;
    } else if (2 * i + 1 > scale) {
      place = 2 * i + 1 - scale;
    }
    while ((before + 1) * whole <= place) ++before;
    behind = before + 1 < in ? before + 1 : before;
    weight = static_cast<T>(place - before * whole) / static_cast<T>(whole);
  }
};

/// Calls f(input index, output index, weight) for every pair of elements that interpolation links, in the
/// scan order of the outputs and then of the inputs.
template <class T, class F>
constexpr void upsample_bilinear2d_links(const Upsample2dGeometry& g, std::size_t n, F&& f) {
  upsample2d_outputs(g, n, [&](auto image, auto row, auto column, auto c, auto output) {
    const UpsamplePlace<T> y(row, g.in_height, g.scale_height, g.align_corners);
    const UpsamplePlace<T> x(column, g.in_width, g.scale_width, g.align_corners);
    for (const bool below : {false, true})
      for (const bool beside : {false, true}) {
        const std::size_t i = image * g.in_height + (below ? y.behind : y.before);
        const std::size_t j = beside ? x.behind : x.before;
        f((i * g.in_width + j) * g.channels + c, output,
          (below ? y.weight : 1 - y.weight) * (beside ? x.weight : 1 - x.weight));
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
