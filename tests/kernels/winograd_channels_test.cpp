// Winograd's convolution with more channels than a panel of vectors has, and the last panel narrower;
// F(2 x 2) is as accurate as the direct algorithm.

#include "kernels/winograd_check.hpp"

TEST_CASE("F(2 x 2) takes channels of several vectors and panels") {
  check::winograd_is_accurate<float, 2, check::three_by_three(65, 6, 12, 33),
                              check::epilogue<1, check::identity>>(7, 1e-6); // 10 tiles an image
}
