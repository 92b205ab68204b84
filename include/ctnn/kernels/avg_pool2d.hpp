#pragma once
/// @file
/// Average pooling, vectorised along the channels.

#include <cstddef>

#include <ctnn/core/instruction_set.hpp>
#include <ctnn/kernels/names.hpp>
#include <ctnn/kernels/pool_window.hpp>
#include <ctnn/kernels/simd.hpp>

namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET {

/// avg_pool2d is torch.nn.AvgPool2d: the sum of a window's pixels by how many of them count.
template <class T, Pool2dGeometry G>
struct avg_pool2d {
  /// x: n images [H, W, C]. y: n images [H', W', C].
  static void forward(std::size_t n, const T* x, T* y) {
    for (std::size_t image = 0; image < n; ++image) {
      detail::for_each_window<G>([=](const auto& window) {
        const V count(static_cast<T>(window.counted()));
        simd::for_each_vector<T>(G.channels, [=, &window](std::size_t c, std::size_t part) {
          V sum(0);
          window.for_each_pixel(
              [&](std::size_t from, std::size_t) { sum += simd::load_first(x + from + c, part); });
          simd::store_first(y + window.output() + c, sum / count, part);
        });
      });
      x += G.input_size();
      y += G.output_size();
    }
  }

  /// Assigns all of dx: each dy is spread evenly over its window.
  static void backward(std::size_t n, const T* dy, T* dx) {
    detail::begin_gradient<T, G>(n, dx);
    for (std::size_t image = 0; image < n; ++image) {
      detail::for_each_window<G>([=](const auto& window) {
        const V count(static_cast<T>(window.counted()));
        simd::for_each_vector<T>(G.channels, [=, &window](std::size_t c, std::size_t part) {
          const V share = simd::load_first(dy + window.output() + c, part) / count;
          window.for_each_pixel([=](std::size_t from, std::size_t) {
            V sum = share;
            if constexpr (!detail::windows_disjoint<G>)
              sum += simd::load_first(dx + from + c, part);
            simd::store_first(dx + from + c, sum, part);
          });
        });
      });
      dy += G.output_size();
      dx += G.input_size();
    }
  }

private:
  using V = simd::vec<T>;
};

} // namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET
