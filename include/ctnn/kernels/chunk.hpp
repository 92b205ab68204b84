#pragma once
/// @file
/// What a kernel that works on derived parameters is handed: a chunk of samples, by named members.

#include <cstddef>
#include <cstdint>

#include <ctnn/core/instruction_set.hpp>

namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET {

/// A forward_chunk is n samples on their way forward. Samples are contiguous,
/// [n][height][width][channels], and need only T's alignment.
template <class T>
struct forward_chunk {
  std::size_t n;
  const T* x;
  T* y;               ///< assigned
  std::uint8_t* tape; ///< assigned, for backward; null if none follows or there is nothing to tell
  const T* derived;   ///< what derive() made of the parameters
  T* scratch;         ///< scratch_size elements, of no meaning between calls
};

/// A backward_chunk is the same samples on their way back.
template <class T>
struct backward_chunk {
  std::size_t n;
  const T* x;
  const T* y;
  const std::uint8_t* tape;
  const T* derived;
  const T* dy;
  T* dx;               ///< assigned, if it is wanted
  T* derived_gradient; ///< added to
  /// opens_shard says that derived_gradient is unset, and assigned, if the kernel says assigns_gradient.
  bool opens_shard = false;
  T* scratch;
};

} // namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET
