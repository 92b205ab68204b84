#pragma once
/// @file
/// Zeros around an image, row by row.

#include <algorithm>
#include <cstddef>

#include <ctnn/core/instruction_set.hpp>
#include <ctnn/kernels/geometry.hpp>
#include <ctnn/kernels/names.hpp>
#include <ctnn/kernels/simd.hpp>

namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET {

/// zero_pad2d is torch.nn.ZeroPad2d.
template <class T, Pad2dGeometry G>
struct zero_pad2d {
  /// x: n images [H, W, C]. y: n images [H', W', C].
  static void forward(std::size_t n, const T* x, T* y) {
    for (std::size_t image = 0; image < n; ++image, y += G.output_size()) {
      T* end = y; // of what is written
      for_each_row([&](std::size_t from, std::size_t to) {
        std::fill(end, y + to, T(0));
        simd::copy(x + image * G.input_size() + from, row, y + to);
        end = y + to + row;
      });
      std::fill(end, y + G.output_size(), T(0));
    }
  }

  /// Assigns all of dx.
  static void backward(std::size_t n, const T* dy, T* dx) {
    for (std::size_t image = 0; image < n; ++image)
      for_each_row([=](std::size_t to, std::size_t from) {
        simd::copy(dy + image * G.output_size() + from, row, dx + image * G.input_size() + to);
      });
  }

private:
  static constexpr std::size_t row = G.in_width * G.channels; // elements of a row of x

  /// Calls f(where a row begins in x, where in y) for every row of an image.
  template <class F>
  static void for_each_row(F&& f) {
    for (std::size_t i = 0; i < G.in_height; ++i)
      f(i * row, ((G.top + i) * G.out_width() + G.left) * G.channels);
  }
};

} // namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET
