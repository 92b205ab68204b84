#pragma once
/// @file
/// The product of two tensors, element by element, or of an image with one number for each channel.

#include <cstddef>

#include <ctnn/core/instruction_set.hpp>
#include <ctnn/kernels/simd.hpp>

namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET {

/// product is y = a * b, where a is [n][Pixels][Channels], and b the same, or [n][Channels] if
/// `Broadcast`: then all pixels of a channel are multiplied by the same number. y may be a, and b if it
/// is as large.
template <class T, std::size_t Channels, std::size_t Pixels, bool Broadcast>
struct product {
  static void forward(std::size_t n, const T* a, const T* b, T* y) {
    each(n, [=](std::size_t i, std::size_t j, std::size_t part) {
      simd::store_first(y + i, simd::load_first(a + i, part) * simd::load_first(b + j, part), part);
    });
  }

  /// backward_first assigns da = dy * b. da may be dy.
  static void backward_first(std::size_t n, const T* b, const T* dy, T* da) {
    forward(n, dy, b, da);
  }

  /// backward_second assigns db = dy * a, summed over the pixels, from the first to the last, if
  /// `Broadcast`.
  static void backward_second(std::size_t n, const T* a, const T* dy, T* db) {
    if constexpr (!Broadcast) {
      forward(n, dy, a, db);
    } else {
      for (std::size_t sample = 0; sample < n; ++sample) {
        simd::for_each_vector<T>(Channels, [&](std::size_t c, std::size_t part) {
          simd::vec<T> sum(T(0));
          for (std::size_t i = c; i < size; i += Channels)
            sum = simd::fma(simd::load_first(a + i, part), simd::load_first(dy + i, part), sum);
          simd::store_first(db + c, sum, part);
        });
        a += size;
        dy += size;
        db += Channels;
      }
    }
  }

private:
  static constexpr std::size_t size = Channels * Pixels;

  /// each calls f(offset in a, offset in b, lanes).
  template <class F>
  static void each(std::size_t n, F&& f) {
    if constexpr (!Broadcast)
      simd::for_each_vector<T>(n * size, [&](std::size_t i, std::size_t part) { f(i, i, part); });
    else
      for (std::size_t pixel = 0; pixel < n * Pixels; ++pixel)
        simd::for_each_vector<T>(Channels, [&](std::size_t c, std::size_t part) {
          f(pixel * Channels + c, pixel / Pixels * Channels + c, part);
        });
  }
};

} // namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET
