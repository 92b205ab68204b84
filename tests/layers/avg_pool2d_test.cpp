#include "support/pytorch.hpp"

using namespace ctnn;
using ctnn::test::agrees_with_pytorch;

TEST_CASE("average pooling agrees with PyTorch") {
  agrees_with_pytorch<Input<3, 6, 8>, AvgPool2d<2>>("avg_pool2d_2");
  agrees_with_pytorch<Input<2, 7, 8>, AvgPool2d<3, stride(2), padding(1)>>(
      "avg_pool2d_3_stride_2_padding_1");
}

TEST_CASE("average pooling keeps the law of gradients") {
  CHECK(gradcheck<Input<3, 6, 6>, AvgPool2d<2>>() == "");
  CHECK(gradcheck<Input<5, 7, 9>, AvgPool2d<3, stride(2), padding(1)>>() == "");
  CHECK(gradcheck<Input<2, 7, 8>, AvgPool2d<Size2d{2, 3}, stride(1, 2)>>() == "");
}
