#pragma once
// Max pooling, vectorised along the channels.

#include <cstddef>
#include <limits>

#include <ctnn/kernels/geometry.hpp>
#include <ctnn/kernels/pool_window.hpp>
#include <ctnn/kernels/simd.hpp>

namespace ctnn::kernels {

/// torch.nn.MaxPool2d (floor mode, no dilation). Of equal values the first in scan order wins; of
/// NaNs the last, which is then the value too: aten/src/ATen/native/cpu/MaxPoolKernel.cpp.
template <class T, Pool2dGeometry G>
struct max_pool2d {
  /// x: n images [H, W, C]. y, index: n images [H', W', C]. `index` says which position of the
  /// window won, as a T so that all stays one vector type; it may be null when no backward follows.
  static void forward(std::size_t n, const T* x, T* y, T* index) {
    if (index == nullptr)
      forward_images<false>(n, x, y, index);
    else
      forward_images<true>(n, x, y, index);
  }

  /// Assigns all of dx: each dy goes to the pixel that won.
  static void backward(std::size_t n, const T* index, const T* dy, T* dx) {
    detail::begin_gradient<T, G>(n, dx);
    for (std::size_t image = 0; image < n; ++image) {
      detail::for_each_window<G>([=](const auto& window) {
        simd::for_each_vector<T>(G.channels, [=, &window](std::size_t c, std::size_t part) {
          const V winner = simd::load_first(index + window.output() + c, part);
          const V gradient = simd::load_first(dy + window.output() + c, part);
          window.for_each_pixel([=](std::size_t from, std::size_t position) {
            V share = select(winner == V(static_cast<T>(position)), gradient, V(0));
            if constexpr (!detail::windows_disjoint<G>)
              share += simd::load_first(dx + from + c, part);
            simd::store_first(dx + from + c, share, part);
          });
        });
      });
      index += G.output_size();
      dy += G.output_size();
      dx += G.input_size();
    }
  }

private:
  using V = simd::vec<T>;

  // A float counts exactly up to 2^24.
  static_assert(G.kernel_height * G.kernel_width <= (std::size_t{1} << 24));

  template <bool WithIndex>
  static void forward_images(std::size_t n, const T* x, T* y, [[maybe_unused]] T* index) {
    for (std::size_t image = 0; image < n; ++image) {
      detail::for_each_window<G>([=](const auto& window) {
        simd::for_each_vector<T>(G.channels, [=, &window](std::size_t c, std::size_t part) {
          V largest(-std::numeric_limits<T>::infinity());
          V winner(static_cast<T>(window.first()));
          window.for_each_pixel([&](std::size_t from, std::size_t position) {
            const V value = simd::load_first(x + from + c, part);
            const auto wins = (value > largest) | isnan(value);
            largest = select(wins, value, largest);
            if constexpr (WithIndex) winner = select(wins, V(static_cast<T>(position)), winner);
          });
          simd::store_first(y + window.output() + c, largest, part);
          if constexpr (WithIndex) simd::store_first(index + window.output() + c, winner, part);
        });
      });
      x += G.input_size();
      y += G.output_size();
      if constexpr (WithIndex) index += G.output_size();
    }
  }
};

} // namespace ctnn::kernels
