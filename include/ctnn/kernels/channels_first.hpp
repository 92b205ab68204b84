#pragma once
/// @file
/// Between channels-last, as activations are stored, and channels-first, as PyTorch flattens.

#include <algorithm>
#include <cstddef>

#include <ctnn/core/instruction_set.hpp>
#include <ctnn/kernels/names.hpp>

namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET {

/// channels_first reorders n images of Channels * Pixels elements. x and y must not overlap.
template <class T, std::size_t Channels, std::size_t Pixels>
struct channels_first {
  /// x: n images [Pixels, Channels] to y: n images [Channels, Pixels].
  static void from_channels_last(std::size_t n, const T* x, T* y) {
    transpose<Pixels, Channels>(n, x, y);
  }

  /// x: n images [Channels, Pixels] to y: n images [Pixels, Channels].
  static void to_channels_last(std::size_t n, const T* x, T* y) {
    transpose<Channels, Pixels>(n, x, y);
  }

private:
  template <std::size_t Rows, std::size_t Columns>
  static void transpose(std::size_t n, const T* x, T* y) {
    constexpr std::size_t size = Rows * Columns;
    if constexpr (Rows == 1 || Columns == 1) {
      std::copy_n(x, n * size, y);
    } else {
      // Blocks of one cache line each way, so that each line is read and written once.
      constexpr std::size_t block = 64 / sizeof(T);
      for (std::size_t image = 0; image < n; ++image, x += size, y += size)
        for (std::size_t row = 0; row < Rows; row += block)
          for (std::size_t column = 0; column < Columns; column += block)
            transpose_block<Rows, Columns>(x + row * Columns + column, y + column * Rows + row,
                                           std::min(block, Rows - row),
                                           std::min(block, Columns - column));
    }
  }

  template <std::size_t Rows, std::size_t Columns>
  static void transpose_block(const T* x, T* y, std::size_t rows, std::size_t columns) {
    for (std::size_t j = 0; j < columns; ++j)
      for (std::size_t i = 0; i < rows; ++i) y[j * Rows + i] = x[i * Columns + j];
  }
};

} // namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET
