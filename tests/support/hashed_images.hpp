#pragma once
// Images for the seed network that are a formula, the same here and in tests/reference/seed_net.py.

#include <cstddef>
#include <cstdint>

#include <ctnn/core/shape.hpp>

namespace ctnn::test {

/// A number in [-1, 1) for each (index, salt), by the script's formula.
inline double hashed(std::uint64_t index, std::uint64_t salt) {
  std::uint64_t word = (index + salt * 1'000'003) * 2'654'435'761u & 0xFFFFFFFF;
  word ^= word >> 15;
  word = word * 2'246'822'519u & 0xFFFFFFFF;
  return static_cast<double>(word) / 0x1p31 - 1;
}

/// `count` images of 1x28x28, a quarter of whose pixels are bright.
struct HashedImages {
  static constexpr Shape sample_shape{1, 28, 28};
  std::size_t count;

  std::size_t size() const { return count; }
  template <class T>
  void read(std::size_t i, T* x) const {
    for (std::size_t k = 0; k < 784; ++k) {
      const double value = hashed(i * 784 + k, 100);
      x[k] = static_cast<T>(value > 0.5 ? 2 * value : -0.5);
    }
  }
  std::uint32_t label(std::size_t i) const { return static_cast<std::uint32_t>(i % 16 % 10); }
};

} // namespace ctnn::test
