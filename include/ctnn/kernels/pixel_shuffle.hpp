#pragma once
/// @file
/// Channels that become pixels.

#include <cstddef>

#include <ctnn/core/instruction_set.hpp>
#include <ctnn/kernels/geometry.hpp>
#include <ctnn/kernels/names.hpp>

namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET {

/// pixel_shuffle is torch.nn.PixelShuffle. Its loops run along the channels, which lie side by side in y
/// and area() apart in x, a number that the compiler knows when it makes vectors of them.
template <class T, PixelShuffleGeometry G>
struct pixel_shuffle {
  /// x: n images [H, W, C factor factor]. y: n images [H factor, W factor, C].
  static void forward(std::size_t n, const T* x, T* y) {
    for_each_pixel(n, [=](std::size_t in, std::size_t out) {
      for (std::size_t c = 0; c < G.channels; ++c) y[out + c] = x[in + c * G.area()];
    });
  }

  /// Assigns all of dx.
  static void backward(std::size_t n, const T* dy, T* dx) {
    for_each_pixel(n, [=](std::size_t in, std::size_t out) {
      for (std::size_t c = 0; c < G.channels; ++c) dx[in + c * G.area()] = dy[out + c];
    });
  }

private:
  /// Calls f(where channel 0 is in x, where it is in y) for every pixel of y.
  template <class F>
  static void for_each_pixel(std::size_t n, F&& f) {
    std::size_t out = 0;
    for (std::size_t i = 0; i < n * G.in_height; ++i)
      for (std::size_t below = 0; below < G.factor; ++below)
        for (std::size_t j = 0; j < G.in_width; ++j)
          for (std::size_t beside = 0; beside < G.factor; ++beside, out += G.channels)
            f((i * G.in_width + j) * G.channels * G.area() + below * G.factor + beside, out);
  }
};

} // namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET
