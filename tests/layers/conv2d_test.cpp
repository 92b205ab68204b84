// Float against PyTorch; double against central differences, and where it is cheap PyTorch too.
#include "support/pytorch.hpp"

using namespace ctnn;
using ctnn::test::agrees_with_pytorch;

TEST_CASE("convolution agrees with PyTorch") {
  agrees_with_pytorch<Input<3, 10, 13>, Conv2d<4, 3>>("conv2d_3x3");
  agrees_with_pytorch<Input<1, 9, 8>, Conv2d<5, 3>, float>("conv2d_one_channel");
  agrees_with_pytorch<Input<3, 6, 6>, Conv2d<17, 3>, float>("conv2d_17_out");
  agrees_with_pytorch<Input<5, 4, 3>, Conv2d<6, 1>, float>("conv2d_1x1");
  agrees_with_pytorch<Input<2, 5, 4>, Conv2d<3, Size2d{5, 4}>, float>("conv2d_kernel_is_input");
}

TEST_CASE("convolution with stride and padding agrees with PyTorch") {
  agrees_with_pytorch<Input<2, 8, 9>, Conv2d<3, 3, stride(2)>, float>("conv2d_stride_2");
  agrees_with_pytorch<Input<2, 6, 7>, Conv2d<3, 3, padding(1)>, float>("conv2d_padding_1");
  agrees_with_pytorch<Input<2, 6, 7>, Conv2d<3, 5, padding(2)>, float>("conv2d_5x5_padding_2");
  agrees_with_pytorch<Input<3, 7, 9>, Conv2d<4, 3, stride(2), padding(1)>>(
      "conv2d_stride_2_padding_1");
  agrees_with_pytorch<Input<3, 5, 6>, Conv2d<4, Size2d{2, 3}, stride(2, 1), padding(1, 0)>, float>(
      "conv2d_2x3_stride_2x1_padding_1x0");
}

TEST_CASE("convolution without a bias agrees with PyTorch") {
  STATIC_REQUIRE(Sequential<Input<3, 8, 8>, Conv2d<4, 3, bias(false)>>::parameter_count == 108);
  agrees_with_pytorch<Input<2, 6, 7>, Conv2d<3, 3, stride(2), padding(1), bias(false)>>(
      "conv2d_no_bias");
  agrees_with_pytorch<Input<3, 8, 8>, Conv2d<4, 3, bias(false), direct>, float>(
      "conv2d_3x3_no_bias");
  agrees_with_pytorch<Input<3, 8, 8>, Conv2d<4, 3, bias(false), winograd(3)>, double>(
      "conv2d_3x3_no_bias");
  CHECK(gradcheck<Input<3, 8, 8>, Conv2d<4, 3, bias(false), winograd(2)>, ReLU>() == "");
}

TEST_CASE("convolution keeps the law of gradients") {
  CHECK(gradcheck<Input<3, 10, 13>, Conv2d<4, 3>>() == "");
  CHECK(gradcheck<Input<3, 7, 9>, Conv2d<4, 3, stride(2), padding(1)>>() == "");
  CHECK(gradcheck<Input<3, 6, 7>, Conv2d<5, Size2d{2, 3}, stride(2, 1), padding(1, 0)>>() == "");
  CHECK(gradcheck<Input<5, 4, 4>, Conv2d<4, 1>>() == "");
}

TEST_CASE("convolution in groups agrees with PyTorch") {
  agrees_with_pytorch<Input<6, 5, 6>, Conv2d<9, 3, padding(1), groups(3)>>("conv2d_groups");
  agrees_with_pytorch<Input<5, 7, 6>, Conv2d<5, 3, stride(2), padding(1), depthwise>>(
      "conv2d_depthwise");
  agrees_with_pytorch<Input<4, 5, 6>, Conv2d<8, Size2d{3, 2}, depthwise, bias(false)>>(
      "conv2d_depthwise_twice");
  STATIC_REQUIRE(Sequential<Input<6, 5, 6>, Conv2d<9, 3, groups(3)>>::multiply_adds ==
                 3 * 4 * 9 * 2 * 9);
}

TEST_CASE("dilated convolution agrees with PyTorch") {
  agrees_with_pytorch<Input<3, 7, 8>, Conv2d<4, 3, padding(2, 3), dilation(2, 3)>>(
      "conv2d_dilation");
  agrees_with_pytorch<Input<3, 9, 7>,
                      Conv2d<3, 3, stride(2, 1), padding(2), dilation(2), groups(3)>>(
      "conv2d_depthwise_dilation");
}

TEST_CASE("convolution with padding side by side, or \"same\", agrees with PyTorch") {
  agrees_with_pytorch<Input<3, 6, 7>, Conv2d<4, 3, stride(2), padding(2, 0, 0, 1)>>(
      "conv2d_one_sided");
  agrees_with_pytorch<Input<2, 9, 8>, Conv2d<3, Size2d{4, 3}, stride(2), padding("same")>>(
      "conv2d_same_stride_2");
  agrees_with_pytorch<Input<2, 6, 5>, Conv2d<3, Size2d{4, 3}, padding("same"), dilation(1, 2)>>(
      "conv2d_same");
  CHECK(gradcheck<Input<3, 7, 6>, Conv2d<4, 3, padding(0, 2, 1, 0), winograd(2)>, ReLU>() == "");
}

TEST_CASE("convolution of sequences agrees with PyTorch") {
  agrees_with_pytorch<Input<3, 11>, Conv1d<5, 4, stride(2), padding(1)>>("conv1d");
  agrees_with_pytorch<Input<4, 9>, Conv1d<6, 3, dilation(2), groups(2), bias(false)>>(
      "conv1d_groups_dilation");
  agrees_with_pytorch<Input<4, 9>, Conv1d<4, 5, padding("same"), depthwise>>("conv1d_depthwise");
}

TEST_CASE("convolution that is fused keeps the law of gradients") {
  CHECK(gradcheck<Input<6, 6, 6>, Conv2d<4, 3, padding(1), groups(2)>, ReLU, MaxPool2d<2>>() == "");
  CHECK(gradcheck<Input<5, 6, 7>, Conv2d<5, 3, stride(2), padding("same"), depthwise>, Sigmoid,
                  Conv2d<3, 1>>() == "");
  CHECK(gradcheck<Input<4, 4, 4>, Conv2d<4, 3, padding(1), depthwise>, MaxPool2d<2>>() == "");
}
