#pragma once
// One block of elements on the heap, zeroed, on a 64-byte boundary: where everything large lives.

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>
#include <span>

namespace ctnn {

template <class T>
class AlignedBlock {
public:
  static constexpr std::align_val_t boundary{64};

  explicit AlignedBlock(std::size_t size)
      : data_(static_cast<T*>(::operator new(size * sizeof(T), boundary))), size_(size) {
    std::fill_n(data_.get(), size, T{});
  }

  T* data() { return data_.get(); }
  const T* data() const { return data_.get(); }
  std::size_t size() const { return size_; }
  std::span<T> span() { return {data(), size_}; }
  std::span<const T> span() const { return {data(), size_}; }

private:
  struct Free {
    void operator()(T* p) const { ::operator delete(p, boundary); }
  };
  std::unique_ptr<T, Free> data_;
  std::size_t size_;
};

} // namespace ctnn
