// Padding, pixels of channels and images that grow against their scalar references, exactly: each sum is in
// the reference's order.

#include "support/catch.hpp"

#include <array>
#include <utility>

#include "kernels/exact_buffer.hpp"
#include <ctnn/kernels/pixel_shuffle.hpp>
#include <ctnn/kernels/reference/pixel_shuffle.hpp>
#include <ctnn/kernels/reference/upsample2d.hpp>
#include <ctnn/kernels/reference/zero_pad2d.hpp>
#include <ctnn/kernels/upsample2d.hpp>
#include <ctnn/kernels/zero_pad2d.hpp>

using namespace ctnn;
using namespace ctnn::kernels;
using test::ExactBuffer;

namespace {

// The specifications themselves. Eight channels of one pixel are two of four pixels.
constexpr auto shuffled = [] {
  const std::array<float, 8> x{1, 2, 3, 4, 5, 6, 7, 8};
  std::array<float, 8> y{};
  reference::pixel_shuffle_forward(PixelShuffleGeometry{2, 1, 1, 2}, 1, x.data(), y.data());
  return y;
}();
static_assert(shuffled == std::array<float, 8>{1, 5, 2, 6, 3, 7, 4, 8});

constexpr auto padded = [] {
  const std::array<float, 2> x{1, 2};
  std::array<float, 10> y{};
  reference::zero_pad2d_forward(Pad2dGeometry{1, 1, 2, 1, 2, 0, 1}, 1, x.data(), y.data());
  return y;
}();
static_assert(padded == std::array<float, 10>{0, 1, 2, 0, 0, 0, 0, 0, 0, 0});

/// A row of two pixels, twice as wide.
constexpr std::array<float, 4> grown(bool bilinear, bool align_corners) {
  const Upsample2dGeometry g{1, 1, 2, 1, 2, align_corners};
  const std::array<float, 2> x{0, 12};
  std::array<float, 4> y{};
  if (bilinear)
    reference::upsample_bilinear2d_forward(g, 1, x.data(), y.data());
  else
    reference::upsample_nearest2d_forward(g, 1, x.data(), y.data());
  return y;
}
static_assert(grown(false, false) == std::array<float, 4>{0, 0, 12, 12});
static_assert(grown(true, false) == std::array<float, 4>{0, 3, 9, 12});
constexpr std::array<float, 4> even = grown(true, true);
static_assert(even[0] == 0 && even[1] > 3.99f && even[1] < 4.01f && even[3] == 12);

/// Checks a kernel's forward and backward, of images of `in` and `out` elements, against its references'.
template <class T, class Kernel>
void check_all(std::size_t in, std::size_t out, auto forward, auto backward) {
  for (std::size_t n : {0u, 1u, 3u})
    for (std::size_t offset = 0; offset < 3; ++offset) {
      const ExactBuffer<T> x(test::random_values<T>(n * in, 3), offset);
      const ExactBuffer<T> dy(test::random_values<T>(n * out, 5), offset);
      ExactBuffer<T> y(n * out, offset), dx(n * in, offset);
      Kernel::forward(n, x.data(), y.data());
      Kernel::backward(n, dy.data(), dx.data());

      std::vector<T> expected_y(n * out), expected_dx(n * in);
      forward(n, x.data(), expected_y.data());
      backward(n, dy.data(), expected_dx.data());
      REQUIRE(test::same(y, expected_y));
      REQUIRE(test::same(dx, expected_dx));
      REQUIRE((y.start_untouched() && dx.start_untouched()));
    }
}

template <class T, Pad2dGeometry G>
void check_padding() {
  check_all<T, zero_pad2d<T, G>>(
      G.input_size(), G.output_size(), [](auto... at) { reference::zero_pad2d_forward(G, at...); },
      [](auto... at) { reference::zero_pad2d_backward(G, at...); });
}
template <class T, PixelShuffleGeometry G>
void check_shuffle() {
  check_all<T, pixel_shuffle<T, G>>(
      G.size(), G.size(), [](auto... at) { reference::pixel_shuffle_forward(G, at...); },
      [](auto... at) { reference::pixel_shuffle_backward(G, at...); });
}
template <class T, Upsample2dGeometry G>
void check_nearest() {
  check_all<T, upsample_nearest2d<T, G>>(
      G.input_size(), G.output_size(),
      [](auto... at) { reference::upsample_nearest2d_forward(G, at...); },
      [](auto... at) { reference::upsample_nearest2d_backward(G, at...); });
}
template <class T, Upsample2dGeometry G>
void check_bilinear() {
  check_all<T, upsample_bilinear2d<T, G>>(
      G.input_size(), G.output_size(),
      [](auto... at) { reference::upsample_bilinear2d_forward(G, at...); },
      [](auto... at) { reference::upsample_bilinear2d_backward(G, at...); });
}

/// Every number of channels around the vector width.
template <class T, std::size_t... C>
void check_channels(std::index_sequence<C...>) {
  (check_padding<T, Pad2dGeometry{C + 1, 2, 3, 1, 0, 0, 2}>(), ...);
  (check_shuffle<T, PixelShuffleGeometry{C + 1, 2, 3, 2}>(), ...);
  (check_nearest<T, Upsample2dGeometry{C + 1, 2, 3, 2, 2}>(), ...);
  (check_bilinear<T, Upsample2dGeometry{C + 1, 2, 3, 2, 2}>(), ...);
}

} // namespace

TEMPLATE_TEST_CASE("moved pixels: every channel count around the vector width", "", float, double) {
  check_channels<TestType>(std::make_index_sequence<simd::lanes<TestType> + 2>{});
}

TEMPLATE_TEST_CASE("zero_pad2d: all sides, some and none", "", float, double) {
  using T = TestType;
  // channels, height, width, left, right, top, bottom
  check_padding<T, Pad2dGeometry{3, 2, 3, 1, 2, 3, 4}>();
  check_padding<T, Pad2dGeometry{3, 2, 3, 0, 0, 0, 0}>();
  check_padding<T, Pad2dGeometry{2, 1, 1, 0, 0, 2, 0}>();
  check_padding<T, Pad2dGeometry{19, 3, 2, 0, 1, 0, 0}>();
}

TEMPLATE_TEST_CASE("pixel_shuffle: factors from one on", "", float, double) {
  using T = TestType;
  // channels that are left, height, width, factor
  check_shuffle<T, PixelShuffleGeometry{5, 3, 2, 1}>();
  check_shuffle<T, PixelShuffleGeometry{3, 2, 4, 3}>();
  check_shuffle<T, PixelShuffleGeometry{1, 3, 2, 4}>();
}

TEMPLATE_TEST_CASE("upsample2d: scales that differ, one pixel, none larger", "", float, double) {
  using T = TestType;
  // channels, height, width, scale, align_corners
  check_nearest<T, Upsample2dGeometry{3, 2, 3, 3, 1}>();
  check_nearest<T, Upsample2dGeometry{3, 1, 1, 1, 4}>();
  check_bilinear<T, Upsample2dGeometry{3, 2, 3, 3, 1}>();
  check_bilinear<T, Upsample2dGeometry{3, 4, 2, 2, 5}>();
  check_bilinear<T, Upsample2dGeometry{3, 1, 1, 2, 3}>();
  check_bilinear<T, Upsample2dGeometry{19, 3, 4, 3, 2, true}>();
  check_bilinear<T, Upsample2dGeometry{3, 2, 5, 1, 4, true}>();
  check_bilinear<T, Upsample2dGeometry{3, 1, 1, 1, 1, true}>();
}
