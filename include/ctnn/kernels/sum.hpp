#pragma once
/// @file
/// The sum of several tensors: where branches meet, and where the gradients of branches do.

#include <cstddef>

#include <ctnn/core/instruction_set.hpp>
#include <ctnn/kernels/simd.hpp>

namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET {

/// sum is y = x[0] + x[1] + … of `Terms` tensors, added in this order. y may be any of x.
template <class T, std::size_t Terms>
struct sum {
  static void forward(std::size_t count, const T* const (&x)[Terms], T* y) {
    simd::for_each_vector<T>(count, [&](std::size_t i, std::size_t part) {
      simd::vec<T> total = simd::load_first(x[0] + i, part);
      for (std::size_t k = 1; k < Terms; ++k) total = total + simd::load_first(x[k] + i, part);
      simd::store_first(y + i, total, part);
    });
  }
};

} // namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET
