#include "support/pytorch.hpp"

using namespace ctnn;
using ctnn::test::agrees_with_pytorch;

TEST_CASE("max pooling agrees with PyTorch") {
  agrees_with_pytorch<Input<3, 6, 8>, MaxPool2d<2>>("max_pool2d_2");
  agrees_with_pytorch<Input<2, 7, 9>, MaxPool2d<2>>("max_pool2d_2_odd");
  agrees_with_pytorch<Input<2, 6, 7>, MaxPool2d<3, stride(1)>>("max_pool2d_3_stride_1");
  agrees_with_pytorch<Input<2, 7, 9>, MaxPool2d<3, stride(2)>>("max_pool2d_3_stride_2");
  agrees_with_pytorch<Input<2, 7, 8>, MaxPool2d<3, stride(2), padding(1)>>(
      "max_pool2d_3_stride_2_padding_1");
}

TEST_CASE("max pooling gives the gradient of equals to the first as PyTorch does") {
  agrees_with_pytorch<Input<2, 7, 9>, MaxPool2d<3, stride(2)>>("max_pool2d_ties");
}

TEST_CASE("max pooling keeps the law of gradients") {
  CHECK(gradcheck<Input<3, 6, 6>, MaxPool2d<2>>() == "");
  CHECK(gradcheck<Input<2, 7, 9>, MaxPool2d<3, stride(2), padding(1)>>() == "");
  CHECK(gradcheck<Input<9, 5, 5>, MaxPool2d<3, stride(1)>>() == "");
  CHECK(gradcheck<Input<2, 7, 8>, MaxPool2d<2, stride(3)>>() == "");
}
