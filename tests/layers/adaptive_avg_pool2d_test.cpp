#include "support/pytorch.hpp"

using namespace ctnn;
using ctnn::test::agrees_with_pytorch;

TEST_CASE("adaptive average pooling agrees with PyTorch") {
  agrees_with_pytorch<Input<3, 5, 7>, AdaptiveAvgPool2d<1>>("adaptive_avg_pool2d_1");
  agrees_with_pytorch<Input<2, 7, 5>, AdaptiveAvgPool2d<Size2d{3, 2}>>("adaptive_avg_pool2d_3x2");
  agrees_with_pytorch<Input<2, 6, 8>, AdaptiveAvgPool2d<Size2d{3, 2}>>(
      "adaptive_avg_pool2d_of_whole_windows");
}

TEST_CASE("adaptive average pooling to a larger image agrees with PyTorch") {
  agrees_with_pytorch<Input<2, 5, 3>, AdaptiveAvgPool2d<Size2d{7, 4}>>(
      "adaptive_avg_pool2d_larger");
}

TEST_CASE("adaptive average pooling keeps the law of gradients") {
  CHECK(gradcheck<Input<3, 6, 7>, AdaptiveAvgPool2d<1>>() == "");
  CHECK(gradcheck<Input<5, 7, 9>, AdaptiveAvgPool2d<Size2d{3, 4}>>() == "");
  CHECK(gradcheck<Input<2, 6, 8>, AdaptiveAvgPool2d<2>>() == "");
  CHECK(gradcheck<Input<2, 3, 2>, AdaptiveAvgPool2d<5>>() == "");
}
