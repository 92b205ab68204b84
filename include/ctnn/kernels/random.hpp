#pragma once
/// @file
/// The only file that spells Random123: random numbers as a pure function of a key and a counter. So a
/// result is the same on every machine, for any number of threads and in any order. Generator:
/// Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include <Random123/philox.h>

#include <ctnn/core/instruction_set.hpp>

namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET {

/// A RandomKey says which numbers: the user's seed, and a stream for each purpose (a layer, the
/// shuffle, an augmentation), so that no two purposes share numbers.
struct RandomKey {
  std::uint64_t seed = 0;
  std::uint32_t stream = 0;
};

/// The streams that the library takes, so that no two of its purposes share numbers.
namespace stream {
inline constexpr std::uint32_t initialization = 0x1000'0000; ///< + the index of the parameter
inline constexpr std::uint32_t shuffling = 0x2000'0000;      ///< the order of an epoch
inline constexpr std::uint32_t layer = 0x3000'0000; ///< + the index of the layer in Net::nodes
inline constexpr std::uint32_t augmentation = 0x4000'0000; ///< a transform's numbers
inline constexpr std::uint32_t splitting = 0x5000'0000;    ///< which subset a sample comes to
inline constexpr std::uint32_t mixing = 0x6000'0000;       ///< which samples are mixed, and how
} // namespace stream

/// random_block is four independent words, uniform over all 32 bits, for the counter (a, b). Philox's
/// key is the seed, its counter the words a (low, high), b, stream.
inline std::array<std::uint32_t, 4> random_block(RandomKey key, std::uint64_t a, std::uint32_t b) {
  const auto low = [](std::uint64_t word) { return static_cast<std::uint32_t>(word); };
  const auto high = [](std::uint64_t word) { return static_cast<std::uint32_t>(word >> 32); };
  const r123::Philox4x32::ctr_type counter{{low(a), high(a), b, key.stream}};
  const r123::Philox4x32::key_type seed{{low(key.seed), high(key.seed)}};
  const auto block = r123::Philox4x32{}(counter, seed);
  return {block[0], block[1], block[2], block[3]};
}

/// random_words are the words of the 16 blocks (a, first), ..., (a, first + 15): word w of block first
/// + i is at w * 16 + i, because in this order compilers run the blocks side by side (4x with AVX-512).
inline std::array<std::uint32_t, 64> random_words(RandomKey key, std::uint64_t a,
                                                  std::uint32_t first) {
  std::array<std::uint32_t, 64> words;
  for (std::uint32_t i = 0; i < 16; ++i) {
    const auto block = random_block(key, a, first + i);
    for (std::size_t w = 0; w < 4; ++w) words[w * 16 + i] = block[w];
  }
  return words;
}

/// uniform01 in float is uniform in [0, 1), a multiple of 2^-24: all that a float can hold there
/// without rounding to 1.
template <std::same_as<float> T>
constexpr T uniform01(std::uint32_t word) {
  return static_cast<float>(word >> 8) * 0x1p-24f;
}

/// uniform01 in double is uniform in [0, 1), a multiple of 2^-53.
template <std::same_as<double> T>
constexpr T uniform01(std::uint32_t high_word, std::uint32_t low_word) {
  const auto word = std::uint64_t{high_word} << 32 | low_word;
  return static_cast<double>(word >> 11) * 0x1p-53;
}

/// RandomWords are the words of the blocks (a, 0), (a, 1), ... one after the other, each at a call.
class RandomWords {
public:
  RandomWords(RandomKey key, std::uint64_t a) : key_(key), a_(a) {}

  std::uint32_t operator()() {
    if (used_ == block_.size()) {
      block_ = random_block(key_, a_, next_++);
      used_ = 0;
    }
    return block_[used_++];
  }

private:
  RandomKey key_;
  std::uint64_t a_;
  std::uint32_t next_ = 0; ///< the block after block_
  std::array<std::uint32_t, 4> block_{};
  std::size_t used_ = 4; ///< how many words of block_ have been given
};

/// bounded is uniform in {0, ..., bound - 1} without bias, for bound > 0, made of as many `next_word()`
/// as it takes: one that would favour a number is rejected. Lemire, "Fast random integer generation in
/// an interval", 2019.
constexpr std::uint32_t bounded(std::invocable auto&& next_word, std::uint32_t bound) {
  const std::uint32_t remainder = (0u - bound) % bound; // 2^32 mod bound
  for (;;) {
    const std::uint64_t product = std::uint64_t{next_word()} * bound;
    if (static_cast<std::uint32_t>(product) >= remainder)
      return static_cast<std::uint32_t>(product >> 32);
  }
}

/// bounded is the same from the words of the counters
/// (a, 0), (a, 1), ...
inline std::uint32_t bounded(RandomKey key, std::uint64_t a, std::uint32_t bound) {
  return bounded(RandomWords(key, a), bound);
}

/// shuffle puts the items, fewer than 2^32, in a uniformly random order (Fisher-Yates). Every `round`
/// of a key, such as an epoch, gives an order of its own; it uses the counters (round * 2^32 + i, ...).
/// Call it qualified: std::shuffle has three arguments too.
template <class Item>
inline void shuffle(RandomKey key, std::uint32_t round, std::span<Item> items) {
  for (auto i = static_cast<std::uint32_t>(items.size()); i > 1; --i) {
    const std::uint64_t counter = std::uint64_t{round} << 32 | i;
    using std::swap;
    swap(items[i - 1], items[bounded(key, counter, i)]);
  }
}

} // namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET
