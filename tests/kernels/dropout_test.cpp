// Dropout: its mask, its rate, and that nothing but key, image and element decides.

#include "support/catch.hpp"

#include <cmath>

#include "kernels/exact_buffer.hpp"
#include <ctnn/kernels/dropout.hpp>

using namespace ctnn::kernels;
using ctnn::test::ExactBuffer;
using ctnn::test::same;

namespace {

constexpr RandomKey key{11, 5};

template <class T>
std::vector<T> dropped(std::size_t n, std::size_t size, double p, RandomKey k,
                       std::uint64_t first) {
  std::vector<T> y(n * size, 1);
  dropout<T>::forward(n, size, p, k, first, y.data(), y.data());
  return y;
}

} // namespace

TEMPLATE_TEST_CASE("dropout: keeps and scales exactly what its definition says", "", float,
                   double) {
  using T = TestType;
  const double p = 0.3;
  for (const std::size_t size : {0u, 1u, 15u, 16u, 17u, 63u, 64u, 65u, 130u})
    for (std::size_t offset = 0; offset < 3; ++offset) {
      const std::size_t n = 3;
      const std::uint64_t first = 0xffffffff; // the image number passes 32 bits
      const ExactBuffer<T> x(ctnn::test::random_values<T>(n * size, 1), offset);
      ExactBuffer<T> y(n * size, offset), dx(n * size, offset);
      dropout<T>::forward(n, size, p, key, first, x.data(), y.data());
      dropout<T>::backward(n, size, p, key, first, x.data(), dx.data());

      std::vector<T> expected(n * size);
      for (std::size_t i = 0; i < n * size; ++i) {
        const std::size_t image = i / size, e = i % size;
        const auto number = static_cast<std::uint32_t>(e / 64 * 16 + e % 16);
        const auto word = random_block(key, first + image, number)[e / 16 % 4];
        expected[i] = word / 0x1p32 >= p ? x[i] * static_cast<T>(1 / 0.7) : T(0);
      }
      REQUIRE(same(y, expected));
      REQUIRE(same(dx, expected)); // backward is the same linear map
      REQUIRE((y.start_untouched() && dx.start_untouched()));

      ExactBuffer<T> in_place = x;
      dropout<T>::forward(n, size, p, key, first, in_place.data(), in_place.data());
      REQUIRE(same(in_place, y));
    }
}

TEST_CASE("dropout: drops at its rate within five deviations") {
  for (const double p : {0.1, 0.25, 0.5, 0.9}) {
    const auto y = dropped<float>(10, 10'000, p, key, 0);
    const auto zeros = static_cast<double>(std::count(y.begin(), y.end(), 0.f));
    CHECK(std::abs(zeros - 1e5 * p) < 5 * std::sqrt(1e5 * p * (1 - p)));
  }
}

TEST_CASE("dropout: the cut into chunks does not matter") {
  const auto whole = dropped<float>(5, 100, 0.5, key, 10);
  auto cut = dropped<float>(2, 100, 0.5, key, 10);
  const auto rest = dropped<float>(3, 100, 0.5, key, 12);
  cut.insert(cut.end(), rest.begin(), rest.end());
  CHECK(whole == cut);
}

TEST_CASE("dropout: float and double have the same mask") {
  const auto single = dropped<float>(3, 77, 0.5, key, 0);
  const auto twice = dropped<double>(3, 77, 0.5, key, 0);
  CHECK(std::equal(single.begin(), single.end(), twice.begin(), twice.end()));
}

TEST_CASE("dropout: seed and stream and image each give another mask") {
  const auto mask = dropped<float>(1, 1000, 0.5, {1, 1}, 0);
  for (const auto& other :
       {dropped<float>(1, 1000, 0.5, {2, 1}, 0), dropped<float>(1, 1000, 0.5, {1, 2}, 0),
        dropped<float>(1, 1000, 0.5, {1, 1}, 1)}) {
    int equal = 0;
    for (std::size_t e = 0; e < 1000; ++e) equal += mask[e] == other[e];
    CHECK(std::abs(equal - 500) < 5 * 16); // independent masks agree in half of their elements
  }
}

TEMPLATE_TEST_CASE("dropout: probability zero keeps all and one drops all", "", float, double) {
  using T = TestType;
  const auto x = ctnn::test::random_values<T>(200, 1);
  std::vector<T> y(200);
  dropout<T>::forward(2, 100, 0, key, 0, x.data(), y.data());
  CHECK(y == x);
  dropout<T>::forward(2, 100, 1, key, 0, x.data(), y.data());
  CHECK(y == std::vector<T>(200, 0));
}

TEST_CASE("dropout: a dropped element is zero even if it was NaN or infinite") {
  std::vector<float> x(100, std::numeric_limits<float>::quiet_NaN());
  std::fill_n(x.begin(), 50, std::numeric_limits<float>::infinity());
  dropout<float>::forward(1, 100, 0.5, key, 0, x.data(), x.data());
  const auto mask = dropped<float>(1, 100, 0.5, key, 0);
  for (std::size_t e = 0; e < 100; ++e) REQUIRE((x[e] == 0) == (mask[e] == 0));
}

TEMPLATE_TEST_CASE("dropout: of several pixels it drops channels, as it would elements of one", "",
                   float, double) {
  using T = TestType;
  constexpr std::size_t pixels = 6, n = 3;
  for (const std::size_t channels : {1u, 3u, 16u, 65u, 130u}) {
    const std::uint64_t first = 0xffffffff;
    const std::size_t size = pixels * channels;
    const ExactBuffer<T> x(ctnn::test::random_values<T>(n * size, 1));
    ExactBuffer<T> y(n * size), dx(n * size);
    dropout<T, pixels>::forward(n, channels, 0.3, key, first, x.data(), y.data());
    dropout<T, pixels>::backward(n, channels, 0.3, key, first, x.data(), dx.data());
    const auto mask = dropped<T>(n, channels, 0.3, key, first);
    std::vector<T> expected(n * size);
    for (std::size_t i = 0; i < n * size; ++i)
      expected[i] = x[i] * mask[i / size * channels + i % channels];
    REQUIRE(same(y, expected));
    REQUIRE(same(dx, expected));
    ExactBuffer<T> in_place = x;
    dropout<T, pixels>::forward(n, channels, 0.3, key, first, in_place.data(), in_place.data());
    REQUIRE(same(in_place, y));
  }
}
