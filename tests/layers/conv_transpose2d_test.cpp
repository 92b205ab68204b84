// Float against PyTorch; double against central differences, and PyTorch too.
#include "support/pytorch.hpp"

using namespace ctnn;
using ctnn::test::agrees_with_pytorch;

TEST_CASE("transposed convolution agrees with PyTorch") {
  agrees_with_pytorch<Input<3, 4, 5>, ConvTranspose2d<4, 3>>("conv_transpose2d");
  agrees_with_pytorch<Input<3, 4, 5>, ConvTranspose2d<4, 3, winograd(2)>>("conv_transpose2d");
  agrees_with_pytorch<Input<3, 4, 5>, ConvTranspose2d<4, 3, direct>, float>("conv_transpose2d");
  agrees_with_pytorch<Input<17, 3, 2>, ConvTranspose2d<3, 2, stride(2)>>(
      "conv_transpose2d_2_stride_2");
}

TEST_CASE("transposed convolution with all options agrees with PyTorch") {
  agrees_with_pytorch<Input<3, 4, 5>,
                      ConvTranspose2d<5, 3, stride(2), padding(1), output_padding(1)>>(
      "conv_transpose2d_stride_2_padding_1_output_padding_1");
  agrees_with_pytorch<Input<2, 3, 4>, ConvTranspose2d<3, Size2d{4, 2}, stride(2, 3), padding(1, 0),
                                                      output_padding(0, 2)>>(
      "conv_transpose2d_4x2_stride_2x3");
  agrees_with_pytorch<Input<4, 3, 4>,
                      ConvTranspose2d<6, 3, stride(2), dilation(2), groups(2), bias(false)>>(
      "conv_transpose2d_groups_dilation_no_bias");
}

TEST_CASE("transposed convolution keeps the law of gradients") {
  CHECK(gradcheck<Input<3, 4, 5>, ConvTranspose2d<4, 3, stride(2), padding(1)>, Sigmoid>() == "");
  CHECK(gradcheck<Input<5, 4, 3>, ConvTranspose2d<5, 3, stride(2), depthwise>, ReLU>() == "");
  CHECK(gradcheck<Input<3, 4, 4>, ConvTranspose2d<4, 3>, MaxPool2d<2>, ReLU>() == "");
}
