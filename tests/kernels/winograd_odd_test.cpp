// Winograd's convolution with tiles of odd size, as winograd_test.cpp.

#include "kernels/winograd_check.hpp"

using namespace check;

TEST_CASE("F(3 x 3) is convolution") {
  winograd_is_right<3, three_by_three(1, 6, 9, 5, 1, 2)>({1, 9}); // 2 x 4 tiles, 2 columns left
}

TEST_CASE("F(5 x 5) is convolution") {
  winograd_is_right<5, three_by_three(5, 4, 9, 1, 1, 0), epilogue<1, relu>>({1, 33}); // 1 x 2 tiles
}
