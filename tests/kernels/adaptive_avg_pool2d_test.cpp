// Adaptive average pooling against the scalar reference, exactly.

#include "support/catch.hpp"

#include <array>
#include <cmath>
#include <utility>

#include "kernels/exact_buffer.hpp"
#include <ctnn/kernels/adaptive_avg_pool2d.hpp>
#include <ctnn/kernels/reference/adaptive_avg_pool2d.hpp>

using namespace ctnn;
using namespace ctnn::kernels;
using test::ExactBuffer;

namespace {

// The specification itself: three pixels to two, which both see the one in the middle.
constexpr auto seen = [] {
  constexpr AdaptivePool2dGeometry g{1, 1, 3, 1, 2};
  struct {
    std::array<float, 2> y{};
    std::array<float, 3> dx{};
  } result;
  const std::array<float, 3> x{4, 8, 12};
  const std::array<float, 2> dy{40, 80};
  reference::adaptive_avg_pool2d_forward(g, 1, x.data(), result.y.data());
  reference::adaptive_avg_pool2d_backward(g, 1, dy.data(), result.dx.data());
  return result;
}();
static_assert(seen.y == std::array<float, 2>{6, 10});
static_assert(seen.dx == std::array<float, 3>{20, 60, 40});

/// Whole numbers, whose sums are exact in any order.
template <class T>
std::vector<T> whole_numbers(std::size_t size, unsigned seed) {
  auto values = test::random_values<T>(size, seed, 100);
  for (T& value : values) value = std::round(value);
  return values;
}

template <class T, AdaptivePool2dGeometry G>
void check_all() {
  for (std::size_t n : {0u, 1u, 3u})
    for (std::size_t offset = 0; offset < 3; ++offset) {
      const std::size_t in = n * G.input_size(), out = n * G.output_size();
      const ExactBuffer<T> x(whole_numbers<T>(in, 3), offset);
      const ExactBuffer<T> dy(test::random_values<T>(out, 5), offset);
      ExactBuffer<T> y(out, offset), dx(in, offset);
      adaptive_avg_pool2d<T, G>::forward(n, x.data(), y.data());
      adaptive_avg_pool2d<T, G>::backward(n, dy.data(), dx.data());

      std::vector<T> expected_y(out), expected_dx(in);
      reference::adaptive_avg_pool2d_forward(G, n, x.data(), expected_y.data());
      reference::adaptive_avg_pool2d_backward(G, n, dy.data(), expected_dx.data());
      REQUIRE(test::same(y, expected_y));
      REQUIRE(test::same(dx, expected_dx));
      REQUIRE((y.start_untouched() && dx.start_untouched()));
    }
}

template <class T, std::size_t... C>
void check_channels(std::index_sequence<C...>) {
  (check_all<T, AdaptivePool2dGeometry{C + 1, 3, 4, 2, 2}>(), ...);
}

} // namespace

TEMPLATE_TEST_CASE("adaptive_avg_pool2d: every channel count around the vector width", "", float,
                   double) {
  check_channels<TestType>(std::make_index_sequence<simd::lanes<TestType> + 2>{});
}

TEMPLATE_TEST_CASE("adaptive_avg_pool2d: smaller, larger, whole and odd windows", "", float,
                   double) {
  using T = TestType;
  // channels, height, width, to height, to width
  check_all<T, AdaptivePool2dGeometry{3, 7, 5, 1, 1}>();
  check_all<T, AdaptivePool2dGeometry{5, 8, 6, 4, 3}>();
  check_all<T, AdaptivePool2dGeometry{2, 7, 9, 3, 4}>();
  check_all<T, AdaptivePool2dGeometry{2, 3, 4, 3, 4}>();
  check_all<T, AdaptivePool2dGeometry{3, 3, 2, 7, 5}>();
  check_all<T, AdaptivePool2dGeometry{3, 6, 2, 3, 5}>();
  check_all<T, AdaptivePool2dGeometry{3, 1, 1, 3, 2}>();
}

TEST_CASE("adaptive_avg_pool2d: a large window keeps the digits of its mean") {
  constexpr AdaptivePool2dGeometry g{1, 224, 224, 1, 1};
  auto x = test::random_values<float>(g.input_size(), 1);
  double sum = 0;
  for (float& value : x) sum += static_cast<double>(value += 10);
  float y = 0;
  adaptive_avg_pool2d<float, g>::forward(1, x.data(), &y);
  CHECK(static_cast<double>(y) == Approx(sum / 224 / 224).epsilon(1e-6));
}

TEST_CASE("adaptive_avg_pool2d: NaN and infinity stay in the windows that see them") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float inf = std::numeric_limits<float>::infinity();
  constexpr AdaptivePool2dGeometry g{1, 1, 5, 1, 3}; // 0 1, 1 2 3, 3 4
  const std::vector<float> x{nan, 1, 2, 3, inf};
  std::vector<float> y(3), dx(5);
  adaptive_avg_pool2d<float, g>::forward(1, x.data(), y.data());
  CHECK(test::same(y, std::vector<float>{nan, 2, inf}));
  adaptive_avg_pool2d<float, g>::backward(1, std::vector<float>{nan, 3, inf}.data(), dx.data());
  CHECK(test::same(dx, std::vector<float>{nan, nan, 1, inf, inf}));
}
