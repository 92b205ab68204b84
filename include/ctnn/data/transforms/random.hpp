#pragma once
/// @file
/// The random numbers of one sample in one epoch.

#include <cstdint>

#include <ctnn/kernels/random.hpp>

namespace ctnn::transforms {

/// A Random gives numbers that are a function of (seed, epoch, sample) and of their order alone, so
/// that images are the same for any number of threads: the words of Philox's blocks
/// (epoch * 2^32 + sample, 0), (…, 1), … The transforms' distributions are torchvision's, but real
/// numbers are doubles here.
class Random {
public:
  /// Begins the numbers of sample `sample` in this epoch of the run with this seed.
  Random(std::uint64_t seed, std::uint32_t epoch, std::uint32_t sample)
      : words_({seed, kernels::stream::augmentation}, std::uint64_t{epoch} << 32 | sample) {}

  /// word is uniform over all 32 bits.
  std::uint32_t word() { return words_(); }

  /// uniform is in [0, 1), a multiple of 2^-53.
  double uniform() {
    const std::uint32_t high = word();
    return kernels::uniform01<double>(high, word());
  }

  /// uniform is in [low, high); `low` if there is nothing between.
  double uniform(double low, double high) {
    const double number = low + (high - low) * uniform();
    return number < high ? number : low; // the sum may round to high
  }

  /// chance is true with probability `p`.
  bool chance(double p) { return uniform() < p; }

  /// below is uniform in {0, …, bound - 1} without bias, for bound > 0.
  std::uint32_t below(std::uint32_t bound) { return kernels::bounded(words_, bound); }

private:
  kernels::RandomWords words_;
};

} // namespace ctnn::transforms
