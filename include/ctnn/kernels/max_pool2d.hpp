#pragma once
/// @file
/// Max pooling, vectorised along the channels.

#include <cstddef>
#include <limits>

#include <ctnn/core/instruction_set.hpp>
#include <ctnn/kernels/names.hpp>
#include <ctnn/kernels/pool_window.hpp>
#include <ctnn/kernels/simd.hpp>

namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET {

/// A running_max is the largest value of a window and which one it was. Of equal values the first taken
/// wins; of NaNs the last, which is then the value too: aten/src/ATen/native/cpu/MaxPoolKernel.cpp.
template <class T>
struct running_max {
  using vec = simd::vec<T>;
  vec largest, winner;

  explicit running_max(std::size_t position)
      : running_max(position, vec(-std::numeric_limits<T>::infinity())) {}
  /// The maximum of one value, at `position`.
  running_max(std::size_t position, vec value) : largest(value), winner(static_cast<T>(position)) {}
  void take(vec value, std::size_t position) {
    const auto wins = (value > largest) | isnan(value);
    largest = select(wins, value, largest);
    winner = select(wins, vec(static_cast<T>(position)), winner);
  }
};

/// max_pool2d is torch.nn.MaxPool2d without dilation, windows in scan order.
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
          running_max<T> max(window.first());
          window.for_each_pixel([&](std::size_t from, std::size_t position) {
            max.take(simd::load_first(x + from + c, part), position);
          });
          simd::store_first(y + window.output() + c, max.largest, part);
          if constexpr (WithIndex) simd::store_first(index + window.output() + c, max.winner, part);
        });
      });
      x += G.input_size();
      y += G.output_size();
      if constexpr (WithIndex) index += G.output_size();
    }
  }
};

} // namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET
