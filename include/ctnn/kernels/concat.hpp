#pragma once
/// @file
/// The channels of several images side by side: pixel by pixel, because channels are last.

#include <cstddef>

#include <ctnn/core/instruction_set.hpp>
#include <ctnn/kernels/simd.hpp>

namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET {

/// concat is `Part` of all `Channels` channels of an image, from some channel `first` on.
template <class T, std::size_t Channels, std::size_t Part>
struct concat {
  /// forward copies the part's pixels [pixels][Part] to their place in y [pixels][Channels].
  static void forward(std::size_t pixels, std::size_t first, const T* x, T* y) {
    for (std::size_t i = 0; i < pixels; ++i)
      simd::copy(x + i * Part, Part, y + i * Channels + first);
  }
  /// backward copies them back.
  static void backward(std::size_t pixels, std::size_t first, const T* dy, T* dx) {
    for (std::size_t i = 0; i < pixels; ++i)
      simd::copy(dy + i * Channels + first, Part, dx + i * Part);
  }
};

} // namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET
