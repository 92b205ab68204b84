#pragma once
/// @file
/// One block of elements on the heap, zeroed: where everything large lives.

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>
#include <span>

#if defined(__linux__)
#include <sys/mman.h>

#include <ctnn/core/instruction_set.hpp>
#endif

namespace ctnn::detail::inline CTNN_INSTRUCTION_SET {

/// An AlignedBlock begins on a 64-byte boundary; from 1 MB up it is in huge pages of 2 MB where the
/// system gives them, because a transformed tile touches as many pages as it has numbers.
template <class T>
class AlignedBlock {
public:
  explicit AlignedBlock(std::size_t size) : size_(size) {
    constexpr std::size_t page = 2 * 1024 * 1024;
    std::size_t bytes = size * sizeof(T), boundary = 64;
    if (bytes >= page / 2) {
      boundary = page;
      bytes = (bytes + page - 1) / page * page;
    }
    const std::align_val_t alignment{boundary};
    data_ = {static_cast<T*>(::operator new(bytes, alignment)), Free{alignment}};
#if defined(__linux__)
    // A refusal only costs speed.
    if (boundary == page) madvise(data_.get(), bytes, MADV_HUGEPAGE);
#endif
    std::fill_n(data_.get(), size, T{});
  }
  explicit AlignedBlock(const AlignedBlock& other) : AlignedBlock(other.size()) {
    std::copy_n(other.data(), size_, data());
  }
  AlignedBlock(AlignedBlock&&) = default;
  AlignedBlock& operator=(AlignedBlock&&) = default;

  T* data() { return data_.get(); }
  const T* data() const { return data_.get(); }
  std::size_t size() const { return size_; }
  std::span<T> span() { return {data(), size_}; }
  std::span<const T> span() const { return {data(), size_}; }

private:
  struct Free {
    std::align_val_t alignment{};
    void operator()(T* p) const { ::operator delete(p, alignment); }
  };
  std::unique_ptr<T, Free> data_;
  std::size_t size_;
};

} // namespace ctnn::detail::inline CTNN_INSTRUCTION_SET
