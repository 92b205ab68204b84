// Average pooling against the scalar reference, exactly.

#include "support/catch.hpp"

#include <array>
#include <utility>

#include "kernels/exact_buffer.hpp"
#include <ctnn/kernels/avg_pool2d.hpp>
#include <ctnn/kernels/reference/avg_pool2d.hpp>

using namespace ctnn;
using namespace ctnn::kernels;
using test::ExactBuffer;

namespace {

// The specification itself: a 2x2 image, 2x2 windows, stride 2, padding 1, so each window sees one
// pixel and three zeros of padding, which count.
constexpr auto seen = [] {
  constexpr Pool2dGeometry g{1, 2, 2, 2, 2, 2, 2, 1, 1};
  struct {
    std::array<float, 4> y{}, dx{};
  } result;
  const std::array<float, 4> x{4, 8, 12, 16}, dy{40, 80, 120, 160};
  reference::avg_pool2d_forward(g, 1, x.data(), result.y.data());
  reference::avg_pool2d_backward(g, 1, dy.data(), result.dx.data());
  return result;
}();
static_assert(seen.y == std::array<float, 4>{1, 2, 3, 4});
static_assert(seen.dx == std::array<float, 4>{10, 20, 30, 40});

// Windows of three at 0 and 2, of a row of two with one pixel of padding at both ends: the second reaches
// one pixel beyond. Without padding there count one pixel, then two.
constexpr std::array<std::size_t, 2> counts(bool count_include_pad) {
  const Pool2dGeometry g{1, 1, 2, 1, 3, 1, 2, 0, 1, 0, 1, 0, 1, count_include_pad};
  return {reference::avg_pool2d_count(g, 0), reference::avg_pool2d_count(g, 1)};
}
static_assert(counts(true) == std::array<std::size_t, 2>{3, 2});
static_assert(counts(false) == std::array<std::size_t, 2>{2, 1});

template <class T, Pool2dGeometry G>
void check_all() {
  for (std::size_t n : {0u, 1u, 3u})
    for (std::size_t offset = 0; offset < 3; ++offset) {
      const std::size_t in = n * G.input_size(), out = n * G.output_size();
      const ExactBuffer<T> x(test::random_values<T>(in, 3), offset);
      const ExactBuffer<T> dy(test::random_values<T>(out, 5), offset);
      ExactBuffer<T> y(out, offset), dx(in, offset);
      avg_pool2d<T, G>::forward(n, x.data(), y.data());
      avg_pool2d<T, G>::backward(n, dy.data(), dx.data());

      std::vector<T> expected_y(out), expected_dx(in);
      reference::avg_pool2d_forward(G, n, x.data(), expected_y.data());
      reference::avg_pool2d_backward(G, n, dy.data(), expected_dx.data());
      REQUIRE(test::same(y, expected_y));
      REQUIRE(test::same(dx, expected_dx));
      REQUIRE((y.start_untouched() && dx.start_untouched()));
    }
}

template <class T, std::size_t... C>
void check_channels(std::index_sequence<C...>) {
  (check_all<T, Pool2dGeometry{C + 1, 2, 4, 2, 2, 2, 2, 0, 0}>(), ...);
}

} // namespace

TEMPLATE_TEST_CASE("avg_pool2d: every channel count around the vector width", "", float, double) {
  check_channels<TestType>(std::make_index_sequence<simd::lanes<TestType> + 2>{});
}

TEMPLATE_TEST_CASE("avg_pool2d: odd sizes and overlaps and gaps and padding", "", float, double) {
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
}

TEMPLATE_TEST_CASE("avg_pool2d: one-sided padding, padding that does not count, overhang", "",
                   float, double) {
  using T = TestType;
  // channels, height, width, kernel, stride, padding: top, left, bottom, right, overhang, whether it counts
  check_all<T, Pool2dGeometry{3, 6, 5, 3, 3, 2, 2, 0, 1, 1, 0}>();
  check_all<T, Pool2dGeometry{3, 6, 5, 4, 4, 1, 1, 1, 1, 2, 2, 0, 0, false}>();
  check_all<T, Pool2dGeometry{5, 5, 6, 3, 3, 1, 1, 1, 1, 1, 1, 0, 0, false}>();
  check_all<T, Pool2dGeometry{3, 7, 5, 2, 2, 2, 2, 0, 0, 0, 0, 1, 1}>();
  check_all<T, Pool2dGeometry{17, 8, 7, 4, 4, 3, 3, 1, 1, 1, 1, 0, 1}>();
  check_all<T, Pool2dGeometry{17, 8, 9, 4, 4, 3, 3, 1, 1, 1, 1, 0, 2, false}>();
  check_all<T, Pool2dGeometry{2, 3, 2, 5, 4, 3, 3, 0, 0, 0, 0, 2,
                              2}>(); // a window larger than the image
}

TEST_CASE("avg_pool2d: NaN and infinity stay in the windows that see them") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float inf = std::numeric_limits<float>::infinity();
  constexpr Pool2dGeometry g{1, 1, 6, 1, 2, 1, 2, 0, 0};
  const std::vector<float> x{nan, 1, inf, 1, 3, 1};
  std::vector<float> y(3), dx(6);
  avg_pool2d<float, g>::forward(1, x.data(), y.data());
  CHECK(test::same(y, std::vector<float>{nan, inf, 2}));
  avg_pool2d<float, g>::backward(1, y.data(), dx.data());
  CHECK(test::same(dx, std::vector<float>{nan, nan, inf, inf, 1, 1}));
}
