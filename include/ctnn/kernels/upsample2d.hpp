#pragma once
/// @file
/// Images that grow, vectorised along the channels.

#include <algorithm>
#include <cstddef>

#include <ctnn/core/instruction_set.hpp>
#include <ctnn/kernels/geometry.hpp>
#include <ctnn/kernels/names.hpp>
#include <ctnn/kernels/simd.hpp>

namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET {

/// upsample_nearest2d is torch.nn.Upsample(mode="nearest"): each pixel becomes scale_height x scale_width
/// of it.
template <class T, Upsample2dGeometry G>
struct upsample_nearest2d {
  /// x: n images [H, W, C]. y: n images [H', W', C].
  static void forward(std::size_t n, const T* x, T* y) {
    for (std::size_t i = 0; i < n * G.in_height; ++i) {
      const T* const first = y;
      for (std::size_t j = 0; j < G.in_width; ++j, x += G.channels)
        for (std::size_t k = 0; k < G.scale_width; ++k, y += G.channels)
          simd::copy(x, G.channels, y);
      for (std::size_t k = 1; k < G.scale_height; ++k, y += row) simd::copy(first, row, y);
    }
  }

  /// Assigns all of dx: the sum of the pixels that x became, row by row.
  static void backward(std::size_t n, const T* dy, T* dx) {
    for (std::size_t i = 0; i < n * G.in_height; ++i, dy += G.scale_height * row)
      for (std::size_t j = 0; j < G.in_width; ++j, dx += G.channels)
        simd::for_each_vector<T>(G.channels, [=](std::size_t c, std::size_t part) {
          simd::vec<T> sum(0);
          for (std::size_t k = 0; k < G.scale_height * G.scale_width; ++k) {
            const std::size_t column = j * G.scale_width + k % G.scale_width;
            sum += simd::load_first(dy + k / G.scale_width * row + column * G.channels + c, part);
          }
          simd::store_first(dx + c, sum, part);
        });
  }

private:
  static constexpr std::size_t row = G.out_width() * G.channels; // elements of a row of y
};

/// upsample_bilinear2d is torch.nn.Upsample(mode="bilinear"): each pixel is a mean of four, weighted by
/// how near they are.
template <class T, Upsample2dGeometry G>
struct upsample_bilinear2d {
  /// x: n images [H, W, C]. y: n images [H', W', C].
  static void forward(std::size_t n, const T* x, T* y) {
    for (std::size_t image = 0; image < n; ++image, x += G.input_size())
      for_each_pixel([&](const Tap(&taps)[4]) {
        simd::for_each_vector<T>(G.channels, [=, &taps](std::size_t c, std::size_t part) {
          V sum(0);
          for (const Tap& tap : taps)
            sum += V(tap.weight) * simd::load_first(x + tap.pixel + c, part);
          simd::store_first(y + c, sum, part);
        });
        y += G.channels;
      });
  }

  /// Assigns all of dx: each dy goes to its four pixels by their weights.
  static void backward(std::size_t n, const T* dy, T* dx) {
    std::fill_n(dx, n * G.input_size(), T(0));
    for (std::size_t image = 0; image < n; ++image, dx += G.input_size())
      for_each_pixel([&](const Tap(&taps)[4]) {
        simd::for_each_vector<T>(G.channels, [=, &taps](std::size_t c, std::size_t part) {
          const V gradient = simd::load_first(dy + c, part);
          for (const Tap& tap : taps) {
            T* const to = dx + tap.pixel + c;
            simd::store_first(to, simd::load_first(to, part) + V(tap.weight) * gradient, part);
          }
        });
        dy += G.channels;
      });
  }

private:
  using V = simd::vec<T>;

  /// A Tap is a pixel of x, where its channel 0 is, and its weight.
  struct Tap {
    std::size_t pixel;
    T weight;
  };

  /// Between are the two pixels around one of y along an axis, and the weight of the second.
  struct Between {
    std::size_t first, second;
    T weight;
  };

  /// between is around pixel `i`, which lies at i (in - 1) / (in scale - 1), or at (i + 1/2) / scale -
  /// 1/2 but not before pixel 0: fractions of whole numbers, which are split without rounding.
  static Between between(std::size_t i, std::size_t in, std::size_t scale) {
    const std::size_t whole =
        G.align_corners ? std::max<std::size_t>(in * scale - 1, 1) : 2 * scale;
    const std::size_t place = G.align_corners ? i * (in - 1) : std::max(2 * i + 1, scale) - scale;
    const std::size_t first = place / whole;
    return {first, std::min(first + 1, in - 1),
            static_cast<T>(place % whole) / static_cast<T>(whole)};
  }

  /// Calls f(taps) for every pixel of an image of y: upper left, upper right, lower left, lower right.
  template <class F>
  static void for_each_pixel(F&& f) {
    for (std::size_t i = 0; i < G.out_height(); ++i) {
      const Between y = between(i, G.in_height, G.scale_height);
      const std::size_t upper = y.first * G.in_width, lower = y.second * G.in_width;
      for (std::size_t j = 0; j < G.out_width(); ++j) {
        const Between x = between(j, G.in_width, G.scale_width);
        f({{(upper + x.first) * G.channels, (1 - y.weight) * (1 - x.weight)},
           {(upper + x.second) * G.channels, (1 - y.weight) * x.weight},
           {(lower + x.first) * G.channels, y.weight * (1 - x.weight)},
           {(lower + x.second) * G.channels, y.weight * x.weight}});
      }
    }
  }
};

} // namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET
