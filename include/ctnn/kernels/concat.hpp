#pragma once
/// @file
/// The channels of several images side by side: pixel by pixel, because channels are last.

#include <cstddef>

#include <ctnn/core/instruction_set.hpp>
#include <ctnn/kernels/simd.hpp>

namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET {

/// concat is `Part` of all `Channels` channels of an image, from some channel `first` on. (Loops of its
/// own: at -O1 for AVX-512 g++ 12 took eight std::copy_n of a few elements for nothing.)
template <class T, std::size_t Channels, std::size_t Part>
struct concat {
  /// forward copies the part's pixels [pixels][Part] to their place in y [pixels][Channels].
  static void forward(std::size_t pixels, std::size_t first, const T* x, T* y) {
    for (std::size_t i = 0; i < pixels; ++i) copy(x + i * Part, y + i * Channels + first);
  }
  /// backward copies them back.
  static void backward(std::size_t pixels, std::size_t first, const T* dy, T* dx) {
    for (std::size_t i = 0; i < pixels; ++i) copy(dy + i * Channels + first, dx + i * Part);
  }

private:
  static void copy(const T* from, T* to) {
    simd::for_each_vector<T>(Part, [=](std::size_t i, std::size_t lanes) {
      simd::store_first(to + i, simd::load_first(from + i, lanes), lanes);
    });
  }
};

} // namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET
