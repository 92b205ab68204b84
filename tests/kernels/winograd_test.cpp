// Winograd's convolution with tiles that pooling fits into, for outputs that are no multiple of
// them, odd channels, padding, and images whose tiles lie in two blocks of 64.

#include "kernels/winograd_check.hpp"

using namespace check;

TEST_CASE("F(4 x 4) is convolution and pooling") {
  winograd_is_right<4, three_by_three(3, 8, 6, 1, 0, 1), epilogue<2, relu>>({1, 17}); // 2 x 2 tiles
}

TEST_CASE("F(6 x 6) is convolution and pooling") {
  winograd_is_right<6, three_by_three(1, 9, 7, 5, 1, 2), epilogue<3, leaky_relu<0.1>>>({1, 17});
}
