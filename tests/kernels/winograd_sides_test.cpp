// Winograd's convolution with kernels of other sides than three, and with a side of one.

#include "kernels/winograd_check.hpp"

using namespace check;

namespace {

constexpr Conv2dGeometry taps(std::size_t kernel_height, std::size_t kernel_width, std::size_t in,
                              std::size_t height, std::size_t width, std::size_t out,
                              std::size_t top = 0, std::size_t left = 0, std::size_t bottom = 0,
                              std::size_t right = 0) {
  return {in, height, width, out, kernel_height, kernel_width, 1, 1, top, left, bottom, right};
}

} // namespace

TEST_CASE("F(2 x 2, 5 x 5) and F(4 x 4, 5 x 5) are convolution") {
  winograd_is_right<2, taps(5, 5, 3, 10, 8, 5, 2, 2, 2, 2), epilogue<2, relu>>({1});
  winograd_is_right<4, taps(5, 5, 2, 8, 11, 3), epilogue<1, relu>>({1, 17}); // 1 x 2 tiles
}

TEST_CASE("F(4, 5) along one side is convolution") {
  winograd_is_right<4, taps(1, 5, 3, 4, 10, 5, 0, 2, 0, 2), epilogue<2, relu>>({1, 17});
  winograd_is_right<4, taps(5, 1, 18, 9, 3, 2)>({1});
}

TEST_CASE("F(M, K) of two different sides is convolution") {
  winograd_is_right<3, taps(2, 4, 2, 7, 9, 3, 1, 0, 0, 3)>({2});
}
