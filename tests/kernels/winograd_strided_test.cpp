// Winograd's convolution of stride 2: alike and unlike sides, padding on one side, odd channels, tiles that hang
// over, and images whose tiles lie in two blocks of 64.

#include "kernels/winograd_check.hpp"

using namespace check;

namespace {

constexpr Conv2dGeometry strided(std::size_t in, std::size_t height, std::size_t width,
                                 std::size_t out, std::size_t before, std::size_t after) {
  return {in, height, width, out, 3, 3, 2, 2, before, before, after, after};
}

} // namespace

TEST_CASE("F(4 x 4, 3 x 3) of stride 2 is convolution") {
  winograd_is_right<4, strided(5, 15, 10, 3, 1, 1)>({1, 23}); // 2 x 2 tiles, the second row whole
  winograd_is_right<2, strided(17, 8, 4, 18, 0, 1), epilogue<2, relu>>({2});
}

TEST_CASE("F(M, K) of a stride along one side is convolution") {
  winograd_is_right<3, Conv2dGeometry{2, 9, 7, 3, 5, 2, 2, 1, 0, 0}>({2});
}

TEST_CASE("F(4 x 4, 3 x 3) of stride 2 in float is as accurate as promised") {
  winograd_is_accurate<float, 4, Conv2dGeometry{32, 16, 16, 64, 3, 3, 2, 2, 1, 1},
                       epilogue<1, relu>>(2, 5e-6);
}
