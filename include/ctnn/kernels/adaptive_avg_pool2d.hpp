#pragma once
/// @file
/// Average pooling to a given extent, vectorised along the channels.

#include <algorithm>
#include <cstddef>

#include <ctnn/core/instruction_set.hpp>
#include <ctnn/kernels/geometry.hpp>
#include <ctnn/kernels/names.hpp>
#include <ctnn/kernels/simd.hpp>

namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET {

/// adaptive_avg_pool2d is torch.nn.AdaptiveAvgPool2d. A window is summed up by rows, and these then, so
/// that the rounding error of a large one is that of its height and width, not of its area.
template <class T, AdaptivePool2dGeometry G>
struct adaptive_avg_pool2d {
  /// x: n images [H, W, C]. y: n images [H', W', C].
  static void forward(std::size_t n, const T* x, T* y) {
    for (std::size_t image = 0; image < n; ++image) {
      for_each_window([=](const Window& window) {
        simd::for_each_vector<T>(G.channels, [=, &window](std::size_t c, std::size_t part) {
          V sum(0);
          for (std::size_t i = window.top; i < window.bottom; ++i) {
            V row(0);
            for (std::size_t j = window.left; j < window.right; ++j)
              row += simd::load_first(x + (i * G.in_width + j) * G.channels + c, part);
            sum += row;
          }
          simd::store_first(y + window.output + c, sum / V(window.area()), part);
        });
      });
      x += G.input_size();
      y += G.output_size();
    }
  }

  /// Assigns all of dx: each dy is spread evenly over its window.
  static void backward(std::size_t n, const T* dy, T* dx) {
    if constexpr (!G.windows_tile()) std::fill_n(dx, n * G.input_size(), T(0));
    for (std::size_t image = 0; image < n; ++image) {
      for_each_window([=](const Window& window) {
        simd::for_each_vector<T>(G.channels, [=, &window](std::size_t c, std::size_t part) {
          const V share = simd::load_first(dy + window.output + c, part) / V(window.area());
          for (std::size_t i = window.top; i < window.bottom; ++i)
            for (std::size_t j = window.left; j < window.right; ++j) {
              T* const to = dx + (i * G.in_width + j) * G.channels + c;
              V sum = share;
              if constexpr (!G.windows_tile()) sum += simd::load_first(to, part);
              simd::store_first(to, sum, part);
            }
        });
      });
      dy += G.output_size();
      dx += G.input_size();
    }
  }

private:
  using V = simd::vec<T>;

  /// A Window is the rows [top, bottom) and columns [left, right) that an output pixel sees; `output` is
  /// where its channel 0 lies.
  struct Window {
    std::size_t top, bottom, left, right, output;
    T area() const { return static_cast<T>((bottom - top) * (right - left)); }
  };

  template <class F>
  static void for_each_window(F&& f) {
    for (std::size_t row = 0; row < G.out_height; ++row)
      for (std::size_t column = 0; column < G.out_width; ++column)
        f(Window{.top = G.begin(row, G.in_height, G.out_height),
                 .bottom = G.end(row, G.in_height, G.out_height),
                 .left = G.begin(column, G.in_width, G.out_width),
                 .right = G.end(column, G.in_width, G.out_width),
                 .output = (row * G.out_width + column) * G.channels});
  }
};

} // namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET
