// Sums, products and concatenations against plain loops: every length around the vector width, misaligned,
// in buffers of exact size full of NaN.
#include <cstddef>
#include <vector>

#include <ctnn/kernels/concat.hpp>
#include <ctnn/kernels/product.hpp>
#include <ctnn/kernels/sum.hpp>

#include "kernels/exact_buffer.hpp"
#include "support/catch.hpp"

using namespace ctnn;
using test::ExactBuffer;

namespace {

/// Whole numbers, of which sums and products are exact.
template <class T>
ExactBuffer<T> whole(std::size_t size, unsigned seed, std::size_t offset = 1) {
  std::vector<T> values(size);
  for (std::size_t i = 0; i < size; ++i)
    values[i] = static_cast<T>((i * 7 + seed * 13 + i * i % 11) % 17) - 8;
  return ExactBuffer<T>(values, offset);
}

template <class T, std::size_t Terms>
void check_sum() {
  for (std::size_t count = 0; count <= 3 * simd::lanes<T> + 1; ++count) {
    std::vector<ExactBuffer<T>> x;
    const T* from[Terms];
    for (unsigned k = 0; k < Terms; ++k) x.push_back(whole<T>(count, k));
    for (std::size_t k = 0; k < Terms; ++k) from[k] = x[k].data();
    ExactBuffer<T> y(count, 1), expected(count, 1);
    for (std::size_t i = 0; i < count; ++i) {
      expected[i] = x[0][i];
      for (std::size_t k = 1; k < Terms; ++k) expected[i] += x[k][i];
    }
    kernels::sum<T, Terms>::forward(count, from, y.data());
    REQUIRE((test::same(y, expected) && y.start_untouched()));
    for (std::size_t k = 0; k < Terms; ++k) { // y may be any of x
      std::vector<ExactBuffer<T>> own = x;
      for (std::size_t j = 0; j < Terms; ++j) from[j] = own[j].data();
      kernels::sum<T, Terms>::forward(count, from, own[k].data());
      REQUIRE(test::same(own[k], expected));
    }
  }
}

template <class T, std::size_t Channels, std::size_t Pixels, bool Broadcast>
void check_product() {
  using kernel = kernels::product<T, Channels, Pixels, Broadcast>;
  constexpr std::size_t size = Channels * Pixels;
  constexpr std::size_t other = Broadcast ? Channels : size;
  for (std::size_t n = 1; n <= 3; ++n) {
    const auto a = whole<T>(n * size, 1), b = whole<T>(n * other, 2), dy = whole<T>(n * size, 3);
    ExactBuffer<T> y(n * size, 1), da(n * size, 1), db(n * other, 1);
    ExactBuffer<T> expected_y(n * size, 1), expected_da(n * size, 1),
        expected_db(std::vector<T>(n * other), 1);
    for (std::size_t i = 0; i < n * size; ++i) {
      const std::size_t j = Broadcast ? i / size * Channels + i % Channels : i;
      expected_y[i] = a[i] * b[j];
      expected_da[i] = dy[i] * b[j];
      expected_db[j] += dy[i] * a[i];
    }
    kernel::forward(n, a.data(), b.data(), y.data());
    kernel::backward_first(n, b.data(), dy.data(), da.data());
    kernel::backward_second(n, a.data(), dy.data(), db.data());
    REQUIRE(
        (test::same(y, expected_y) && test::same(da, expected_da) && test::same(db, expected_db)));
    REQUIRE((y.start_untouched() && da.start_untouched() && db.start_untouched()));
    ExactBuffer<T> in_place = a;
    kernel::forward(n, in_place.data(), b.data(), in_place.data());
    REQUIRE(test::same(in_place, expected_y));
  }
}

template <class T, std::size_t Channels, std::size_t Part>
void check_concat() {
  using kernel = kernels::concat<T, Channels, Part>;
  for (std::size_t first = 0; first + Part <= Channels; ++first)
    for (std::size_t pixels = 1; pixels <= 4; ++pixels) {
      const auto x = whole<T>(pixels * Part, 4);
      ExactBuffer<T> y(pixels * Channels, 1), back(pixels * Part, 1);
      kernel::forward(pixels, first, x.data(), y.data());
      for (std::size_t i = 0; i < y.size(); ++i) {
        const std::size_t channel = i % Channels;
        const bool own = channel >= first && channel < first + Part;
        if (own)
          REQUIRE(y[i] == x[i / Channels * Part + channel - first]);
        else
          REQUIRE(std::isnan(y[i])); // another part's
      }
      kernel::backward(pixels, first, y.data(), back.data());
      REQUIRE((test::same(back, x) && y.start_untouched() && back.start_untouched()));
    }
}

template <class T>
void check_all() {
  check_sum<T, 2>();
  check_sum<T, 3>();
  check_sum<T, 5>();
  check_product<T, 1, 1, false>();
  check_product<T, 5, 7, false>();
  check_product<T, 1, 9, true>();
  check_product<T, 5, 7, true>();
  check_product<T, 16, 3, true>();
  check_product<T, 37, 4, true>();
  check_concat<T, 1, 1>();
  check_concat<T, 7, 3>();
  check_concat<T, 40, 17>();
}

} // namespace

TEST_CASE("joins in float and double") {
  check_all<float>();
  check_all<double>();
}
