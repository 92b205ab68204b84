// Max pooling against the scalar reference, exactly.

#include "support/catch.hpp"

#include <array>
#include <cmath>
#include <utility>

#include "kernels/exact_buffer.hpp"
#include <ctnn/kernels/max_pool2d.hpp>
#include <ctnn/kernels/reference/max_pool2d.hpp>

using namespace ctnn;
using namespace ctnn::kernels;
using test::ExactBuffer;

namespace {

// The specification itself, on numbers small enough to see: a 2x3 image, 2x2 windows, stride 1.
constexpr auto seen = [] {
  constexpr Pool2dGeometry g{1, 2, 3, 2, 2, 1, 1, 0, 0};
  struct {
    std::array<float, 2> y{}, index{};
    std::array<float, 6> dx{};
  } result;
  const std::array<float, 6> x{1, 7, 7, 3, 7, 2};
  const std::array<float, 2> dy{10, 20};
  reference::max_pool2d_forward(g, 1, x.data(), result.y.data(), result.index.data());
  reference::max_pool2d_backward(g, 1, result.index.data(), dy.data(), result.dx.data());
  return result;
}();
static_assert(seen.y == std::array<float, 2>{7, 7});
static_assert(seen.index == std::array<float, 2>{1, 0}, "the first of equal values wins");
static_assert(seen.dx == std::array<float, 6>{0, 30, 0, 0, 0, 0});

template <class T, Pool2dGeometry G>
void check(std::size_t n, const std::vector<T>& values, std::size_t offset) {
  const std::size_t out = n * G.output_size();
  const ExactBuffer<T> x(values, offset), dy(test::random_values<T>(out, 5), offset);
  ExactBuffer<T> y(out, offset), index(out, offset), y_only(out, offset), dx(values.size(), offset);
  max_pool2d<T, G>::forward(n, x.data(), y.data(), index.data());
  max_pool2d<T, G>::forward(n, x.data(), y_only.data(), nullptr);
  max_pool2d<T, G>::backward(n, index.data(), dy.data(), dx.data());

  std::vector<T> expected_y(out), expected_index(out), expected_dx(values.size());
  reference::max_pool2d_forward(G, n, x.data(), expected_y.data(), expected_index.data());
  reference::max_pool2d_backward(G, n, index.data(), dy.data(), expected_dx.data());
  REQUIRE(test::same(y, expected_y));
  REQUIRE(test::same(y_only, expected_y));
  REQUIRE(test::same(index, expected_index));
  REQUIRE(test::same(dx, expected_dx));
  REQUIRE((y.start_untouched() && index.start_untouched() && dx.start_untouched()));
}

template <class T, Pool2dGeometry G>
void check_all() {
  for (std::size_t n : {0u, 1u, 3u})
    for (std::size_t offset = 0; offset < 3; ++offset) {
      auto values = test::random_values<T>(n * G.input_size(), 3);
      check<T, G>(n, values, offset);
      for (T& value : values) value = std::round(value); // mostly ties
      check<T, G>(n, values, offset);
      for (std::size_t i = 0; i < values.size(); i += 5)
        values[i] = std::numeric_limits<T>::quiet_NaN();
      check<T, G>(n, values, offset);
      for (T& value : values) value = -std::numeric_limits<T>::infinity();
      check<T, G>(n, values, offset);
    }
}

/// A tiling 2x2 pool of every channel count around the vector width.
template <class T, std::size_t... C>
void check_channels(std::index_sequence<C...>) {
  (check_all<T, Pool2dGeometry{C + 1, 2, 4, 2, 2, 2, 2, 0, 0}>(), ...);
}

} // namespace

TEMPLATE_TEST_CASE("max_pool2d: every channel count around the vector width", "", float, double) {
  check_channels<TestType>(std::make_index_sequence<simd::lanes<TestType> + 2>{});
}

TEMPLATE_TEST_CASE("max_pool2d: odd sizes and overlaps and gaps and padding", "", float, double) {
  using T = TestType;
  // channels, height, width, kernel, stride, padding
  check_all<T, Pool2dGeometry{3, 7, 5, 2, 2, 2, 2, 0, 0}>();  // a row and a column are left over
  check_all<T, Pool2dGeometry{5, 7, 6, 3, 3, 2, 2, 0, 0}>();  // overlap
  check_all<T, Pool2dGeometry{5, 5, 6, 3, 3, 1, 1, 1, 1}>();  // overlap and padding
  check_all<T, Pool2dGeometry{2, 9, 8, 2, 2, 3, 4, 0, 0}>();  // gaps
  check_all<T, Pool2dGeometry{17, 6, 7, 3, 2, 2, 3, 1, 0}>(); // nothing square
  check_all<T, Pool2dGeometry{4, 5, 3, 2, 3, 1, 4, 1, 1}>();  // overlap one way, gap the other
  check_all<T, Pool2dGeometry{2, 4, 4, 2, 2, 2, 2, 1, 1}>();  // disjoint, with padding
  check_all<T, Pool2dGeometry{3, 4, 5, 4, 5, 1, 1, 0, 0}>();  // one window
  check_all<T, Pool2dGeometry{3, 1, 1, 2, 2, 1, 1, 1, 1}>();  // a pixel among padding
  check_all<T, Pool2dGeometry{6, 3, 3, 1, 1, 2, 2, 0, 0}>();  // picks pixels
}

TEMPLATE_TEST_CASE("max_pool2d: one-sided padding and overhang", "", float, double) {
  using T = TestType;
  // channels, height, width, kernel, stride, padding: top, left, bottom, right, overhang
  check_all<T, Pool2dGeometry{3, 6, 5, 3, 3, 2, 2, 0, 1, 1, 0}>();
  check_all<T, Pool2dGeometry{3, 6, 5, 4, 4, 1, 1, 1, 1, 2, 2}>();
  check_all<T, Pool2dGeometry{3, 7, 5, 2, 2, 2, 2, 0, 0, 0, 0, 1, 1}>();
  check_all<T, Pool2dGeometry{17, 8, 9, 4, 4, 3, 3, 1, 1, 1, 1, 0, 2}>();
  check_all<T, Pool2dGeometry{2, 3, 2, 5, 4, 3, 3, 0, 0, 0, 0, 2,
                              2}>(); // a window larger than the image
}

TEST_CASE("max_pool2d: NaN wins and the last of them keeps the gradient as in PyTorch") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  constexpr Pool2dGeometry g{1, 2, 2, 2, 2, 2, 2, 0, 0};
  const float x[] = {1, nan, nan, 9};
  float y = 0, index = 0;
  max_pool2d<float, g>::forward(1, x, &y, &index);
  CHECK(std::isnan(y));
  CHECK(index == 2); // torch.nn.functional.max_pool2d(..., return_indices=True)
}
