#pragma once
/// @file
/// Dropout whose mask is a function of key, image and element: nothing is stored between the passes.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include <ctnn/core/instruction_set.hpp>
#include <ctnn/kernels/names.hpp>
#include <ctnn/kernels/random.hpp>

namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET {

/// dropout is torch.nn.Dropout in training: an element becomes 0 with `probability` in [0, 1], else it
/// is scaled by 1 / (1 - probability). A dropped element is 0 even if it was infinite or NaN. Element e
/// of image i has word e / 16 % 4 of random_block(key, first_image + i, e / 64 * 16 + e % 16) and is kept
/// iff word / 2^32 >= probability; so the mask is the same for every T and every cut into chunks.
///
/// With several `Pixels` it is torch.nn.Dropout2d: an element is a channel, which all pixels of an image
/// have or have not.
template <class T, std::size_t Pixels>
struct dropout {
  /// x, y: n images of Pixels times `size_per_pixel` elements, at most 2^34. x may be y.
  static void forward(std::size_t n, std::size_t size_per_pixel, double probability,
                      const RandomKey& key, std::uint64_t first_image, const T* x, T* y) {
    // 64 bits, because probability 1 needs 2^32.
    const auto first_kept = static_cast<std::uint64_t>(std::ceil(probability * 0x1p32));
    const T scale = static_cast<T>(1 / (1 - probability));
    for (std::size_t image = 0; image < n; ++image) {
      for (std::size_t e = 0; e < size_per_pixel; e += 64) {
        const auto words =
            random_words(key, first_image + image, static_cast<std::uint32_t>(e / 4));
        const std::size_t part = std::min<std::size_t>(64, size_per_pixel - e);
        for (std::size_t pixel = 0; pixel < Pixels; ++pixel) {
          const std::size_t at = pixel * size_per_pixel + e;
          for (std::size_t i = 0; i < part; ++i)
            y[at + i] = words[i] >= first_kept ? x[at + i] * scale : T(0);
        }
      }
      x += Pixels * size_per_pixel;
      y += Pixels * size_per_pixel;
    }
  }

  /// dx = dy * mask / (1 - probability), with the mask that forward had. dy may be dx.
  static void backward(std::size_t n, std::size_t size_per_pixel, double probability,
                       const RandomKey& key, std::uint64_t first_image, const T* dy, T* dx) {
    forward(n, size_per_pixel, probability, key, first_image, dy, dx);
  }
};

} // namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET
