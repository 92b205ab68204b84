#pragma once
/// @file
/// Vectors made orthogonal, for parameters that start so.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include <ctnn/core/instruction_set.hpp>
#include <ctnn/kernels/simd.hpp>

namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET {

/// orthonormalize makes vectors orthogonal to each other and of length 1, in double by the modified
/// Gram-Schmidt process: the Q of a QR decomposition whose R has a positive diagonal. Vectors that are
/// nearly dependent come out as orthogonal as rounding times their condition lets them; of n random
/// ones in n dimensions that is about n.
struct orthonormalize {
  /// A vector takes a multiple of `step` elements: sums have that many parts, and so the same bits for
  /// every width of a vector register.
  static constexpr std::size_t step = 8;

  /// vectors: [count][length], count of them that are independent. length is a multiple of `step`.
  static void run(std::size_t count, std::size_t length, double* vectors) {
    // All are rid of 32 vectors before the next 32: these stay in the second-level cache. The order of
    // each vector's subtractions is the same as without blocks.
    constexpr std::size_t block = 32;
    for (std::size_t first = 0; first < count; first += block) {
      const std::size_t last = std::min(first + block, count);
      for (std::size_t j = first; j < last; ++j) {
        double* const unit = vectors + j * length;
        scale(length, unit, 1 / std::sqrt(dot(length, unit, unit)));
        for (std::size_t k = j + 1; k < last; ++k) project_out(length, unit, vectors + k * length);
      }
      for (std::size_t k = last; k < count; ++k)
        for (std::size_t j = first; j < last; ++j)
          project_out(length, vectors + j * length, vectors + k * length);
    }
  }

private:
  using vec = simd::vec<double>;
  static constexpr std::size_t lanes = simd::lanes<double>;
  static constexpr std::size_t parts = step / lanes;
  static_assert(step % lanes == 0);

  static double dot(std::size_t length, const double* a, const double* b) {
    std::array<vec, parts> sums;
    sums.fill(vec(0));
    for (std::size_t i = 0; i < length; i += step)
      simd::unroll<parts>([&](auto part) {
        const std::size_t at = i + part * lanes;
        sums[part] += simd::load(a + at) * simd::load(b + at);
      });
    std::array<double, step> sum;
    for (std::size_t part = 0; part < parts; ++part)
      simd::store(sum.data() + part * lanes, sums[part]);
    for (std::size_t half = step / 2; half > 0; half /= 2)
      for (std::size_t i = 0; i < half; ++i) sum[i] += sum[i + half];
    return sum[0];
  }

  static void scale(std::size_t length, double* a, double factor) {
    for (std::size_t i = 0; i < length; i += lanes)
      simd::store(a + i, simd::load(a + i) * vec(factor));
  }

  /// project_out takes from `a` what it has of the unit vector.
  static void project_out(std::size_t length, const double* unit, double* a) {
    const vec share(dot(length, unit, a));
    for (std::size_t i = 0; i < length; i += lanes)
      simd::store(a + i, simd::load(a + i) - share * simd::load(unit + i));
  }
};

} // namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET
