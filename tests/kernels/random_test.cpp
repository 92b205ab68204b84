// The generator's published vectors, and the distributions made of it. Everything here is a fixed
// computation: a test that passes once passes always.

#include "support/catch.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <vector>

#include <ctnn/kernels/random.hpp>

using namespace ctnn;
using namespace ctnn::kernels;

namespace {
using Block = std::array<std::uint32_t, 4>;

/// Pearson's statistic of counts that should be equal; its mean is k - 1, its deviation
/// sqrt(2 (k - 1)).
double chi_square(const std::vector<int>& counts) {
  const double expected =
      std::accumulate(counts.begin(), counts.end(), 0) / static_cast<double>(counts.size());
  double sum = 0;
  for (const int count : counts) sum += (count - expected) * (count - expected) / expected;
  return sum;
}

/// Five deviations above the mean.
double chi_square_limit(std::size_t bins) {
  const double freedom = static_cast<double>(bins - 1);
  return freedom + 5 * std::sqrt(2 * freedom);
}
} // namespace

TEST_CASE("random_block: gives the published vectors of Philox4x32-10") {
  // kat_vectors of Random123: counter, key -> result.
  CHECK(random_block({0, 0}, 0, 0) == Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(random_block({~0ull, ~0u}, ~0ull, ~0u) ==
        Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(random_block({0x299f31d0a4093822, 0x03707344}, 0x85a308d3243f6a88, 0x13198a2e) ==
        Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("random_words: are sixteen blocks and word w of block i is at 16 w + i") {
  const RandomKey key{42, 7};
  const auto words = random_words(key, 1'000'000'000'000, 32);
  for (std::uint32_t i = 0; i < 16; ++i)
    for (std::size_t w = 0; w < 4; ++w)
      REQUIRE(words[w * 16 + i] == random_block(key, 1'000'000'000'000, 32 + i)[w]);
}

TEST_CASE("uniform01: is in [0 1) at the ends and even between them") {
  CHECK(uniform01<float>(0) == 0);
  CHECK(uniform01<float>(0xff) == 0);
  CHECK(uniform01<float>(0x100) == 0x1p-24f);
  CHECK(uniform01<float>(~0u) == 1 - 0x1p-24f);
  CHECK(uniform01<double>(0, 0) == 0);
  CHECK(uniform01<double>(0, 1u << 11) == 0x1p-53);
  CHECK(uniform01<double>(1u << 31, 0) == 0.5);
  CHECK(uniform01<double>(~0u, ~0u) == 1 - 0x1p-53);

  std::vector<int> singles(64), doubles(64);
  for (std::uint64_t a = 0; a < 20'000; ++a) {
    const auto block = random_block({5, 0}, a, 0);
    ++singles[static_cast<std::size_t>(64 * uniform01<float>(block[0]))];
    ++doubles[static_cast<std::size_t>(64 * uniform01<double>(block[2], block[3]))];
  }
  CHECK(chi_square(singles) < chi_square_limit(64));
  CHECK(chi_square(doubles) < chi_square_limit(64));
}

TEST_CASE("bounded: stays below the bound and is even") {
  for (const std::uint32_t bound : {1u, 2u, 3u, 7u, 10u, 97u}) {
    std::vector<int> counts(bound);
    for (std::uint64_t a = 0; a < 20'000; ++a) ++counts.at(bounded({9, bound}, a, bound));
    CHECK(chi_square(counts) <= chi_square_limit(bound));
  }
  CHECK(bounded({1, 1}, 1, ~0u) < ~0u);
}

TEST_CASE("bounded: rejects the words that favour a number") {
  // 2^32 words onto 3 * 2^30 numbers: taken as they come, every third number is twice as likely.
  constexpr std::uint32_t bound = 3u << 30;
  std::vector<int> counts(3);
  int later = 0;
  for (std::uint64_t a = 0; a < 20'000; ++a) {
    const auto number = bounded({3, 3}, a, bound);
    REQUIRE(number < bound);
    ++counts[number % 3];
    later += number != std::uint64_t{random_block({3, 3}, a, 0)[0]} * bound >> 32;
  }
  CHECK(chi_square(counts) < chi_square_limit(3));
  CHECK(std::abs(later - 5'000) < 5 * 62); // a quarter is rejected; deviation sqrt(20000 * 3 / 16)
}

TEST_CASE("bounded: goes on to the next block when all four words are rejected") {
  constexpr std::uint32_t bound = (1u << 31) + 1; // almost half of the words are rejected
  int second_block = 0;
  for (std::uint64_t a = 0; a < 1'000; ++a) {
    std::vector<std::uint32_t> accepted;
    for (std::uint32_t b = 0; accepted.empty(); ++b)
      for (const std::uint32_t word : random_block({8, 8}, a, b))
        // 2^32 mod bound, written out: 2^32 - bound = 2^31 - 1.
        if (static_cast<std::uint32_t>(std::uint64_t{word} * bound) >= (1u << 31) - 1) {
          accepted.push_back(static_cast<std::uint32_t>(std::uint64_t{word} * bound >> 32));
          second_block += b > 0;
        }
    REQUIRE(bounded({8, 8}, a, bound) == accepted.front());
  }
  CHECK(second_block > 20); // 1 in 16 a is such a case
}

TEST_CASE("shuffle: is a permutation which depends on key and round only") {
  std::vector<int> sorted(1000);
  std::iota(sorted.begin(), sorted.end(), 0);
  const auto order = [&](RandomKey key, std::uint32_t round) {
    auto items = sorted;
    kernels::shuffle(key, round, std::span(items));
    return items;
  };
  const auto first = order({1, 2}, 3);
  CHECK(first == order({1, 2}, 3));
  CHECK(std::is_permutation(first.begin(), first.end(), sorted.begin()));
  CHECK(first != sorted);
  CHECK(first != order({1, 2}, 4));
  CHECK(first != order({1, 3}, 3));
  CHECK(first != order({2, 2}, 3));

  std::vector<int> none, one{5};
  kernels::shuffle({}, 0, std::span(none));
  kernels::shuffle({}, 0, std::span(one));
  CHECK(one == std::vector{5});
}

TEST_CASE("shuffle: every order is equally likely") {
  std::map<std::vector<int>, int> seen;
  for (std::uint32_t round = 0; round < 24'000; ++round) {
    std::vector<int> items{0, 1, 2, 3};
    kernels::shuffle({77, 0}, round, std::span(items));
    ++seen[items];
  }
  std::vector<int> counts;
  for (const auto& [order, count] : seen) counts.push_back(count);
  CHECK(counts.size() == 24);
  CHECK(chi_square(counts) < chi_square_limit(24));
}

TEST_CASE("shuffle: gives the same order on every machine") {
  std::vector<int> items{0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  kernels::shuffle({2024, 1}, 0, std::span(items));
  CHECK(items == std::vector{2, 3, 7, 1, 8, 6, 0, 9, 5,
                             4}); // recorded once; a change breaks every saved run
}
