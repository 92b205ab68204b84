#pragma once
// The random numbers of one sample in one epoch.

#include <array>
#include <cstdint>

#include <ctnn/kernels/random.hpp>

namespace ctnn {

namespace stream {
inline constexpr std::uint32_t augmentation = 0x4000'0000; // network/network.hpp has the others
} // namespace stream

/// Draws that are a function of (seed, epoch, sample) and of their order alone, so that images are
/// the same for any number of threads. They are Philox's blocks (epoch * 2^32 + sample, 0), (…, 1), …
/// The transforms' distributions are torchvision's, but real numbers are doubles here.
class Random {
public:
  Random(std::uint64_t seed, std::uint32_t epoch, std::uint32_t sample)
      : key_{seed, stream::augmentation}, counter_(std::uint64_t{epoch} << 32 | sample) {}

  /// Uniform over all 32 bits.
  std::uint32_t word() {
    if (used_ == block_.size()) {
      block_ = kernels::random_block(key_, counter_, next_++);
      used_ = 0;
    }
    return block_[used_++];
  }

  /// Uniform in [0, 1), a multiple of 2^-53.
  double uniform() {
    const std::uint32_t high = word();
    return kernels::uniform01<double>(high, word());
  }

  /// Uniform in [low, high); low if there is nothing between.
  double uniform(double low, double high) {
    const double number = low + (high - low) * uniform();
    return number < high ? number : low; // the sum may round to high
  }

  /// True with probability p.
  bool chance(double p) { return uniform() < p; }

  /// Uniform in {0, …, bound - 1} without bias, for bound > 0: Lemire's rejection, as
  /// kernels::bounded does it.
  std::uint32_t below(std::uint32_t bound) {
    const std::uint32_t remainder = (0u - bound) % bound; // 2^32 mod bound
    for (;;) {
      const std::uint64_t product = std::uint64_t{word()} * bound;
      if (static_cast<std::uint32_t>(product) >= remainder)
        return static_cast<std::uint32_t>(product >> 32);
    }
  }

private:
  kernels::RandomKey key_;
  std::uint64_t counter_;
  std::uint32_t next_ = 0;
  std::array<std::uint32_t, 4> block_{};
  std::size_t used_ = 4;
};

} // namespace ctnn
