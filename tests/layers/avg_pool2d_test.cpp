#include "support/pytorch.hpp"

using namespace ctnn;
using ctnn::test::agrees_with_pytorch;

TEST_CASE("average pooling agrees with PyTorch") {
  agrees_with_pytorch<Input<3, 6, 8>, AvgPool2d<2>>("avg_pool2d_2");
  agrees_with_pytorch<Input<2, 7, 8>, AvgPool2d<3, stride(2), padding(1)>>(
      "avg_pool2d_3_stride_2_padding_1");
}

TEST_CASE("average pooling that rounds up agrees with PyTorch") {
  agrees_with_pytorch<Input<2, 7, 9>, AvgPool2d<2, ceil_mode(true)>>("avg_pool2d_2_ceil");
  // The last window reaches beyond the padding: what it sees of that counts, or does not.
  agrees_with_pytorch<Input<2, 8, 7>, AvgPool2d<4, stride(3), padding(1), ceil_mode(true)>>(
      "avg_pool2d_4_stride_3_padding_1_ceil");
  agrees_with_pytorch<Input<2, 8, 7>, AvgPool2d<4, stride(3), padding(1), ceil_mode(true),
                                                count_include_pad(false)>>(
      "avg_pool2d_4_stride_3_padding_1_ceil_image_only");
  agrees_with_pytorch<Input<2, 3, 6>, AvgPool2d<4, ceil_mode(true)>>("avg_pool2d_4_ceil");
}

TEST_CASE("average pooling in which padding does not count agrees with PyTorch") {
  agrees_with_pytorch<Input<2, 7, 8>,
                      AvgPool2d<3, stride(2), padding(1), count_include_pad(false)>>(
      "avg_pool2d_3_stride_2_padding_1_image_only");
}

TEST_CASE("average pooling with padding side by side agrees with PyTorch") {
  agrees_with_pytorch<Input<2, 7, 8>, AvgPool2d<3, stride(2), padding(0, 1, 1, 0)>>(
      "avg_pool2d_3_stride_2_padding_0_1_1_0");
  agrees_with_pytorch<Input<2, 7, 8>,
                      AvgPool2d<4, stride(1), padding("same"), count_include_pad(false)>>(
      "avg_pool2d_4_stride_1_same_image_only");
}

TEST_CASE("average pooling of sequences agrees with PyTorch") {
  agrees_with_pytorch<Input<3, 9>, AvgPool1d<2>>("avg_pool1d_2");
  agrees_with_pytorch<Input<3, 10>, AvgPool1d<4, stride(3), padding(1), ceil_mode(true)>>(
      "avg_pool1d_4_stride_3_padding_1_ceil");
  agrees_with_pytorch<Input<3, 10>, AvgPool1d<3, stride(2), padding(1), count_include_pad(false)>>(
      "avg_pool1d_3_stride_2_padding_1_image_only");
}

TEST_CASE("average pooling keeps the law of gradients") {
  CHECK(gradcheck<Input<3, 6, 6>, AvgPool2d<2>>() == "");
  CHECK(gradcheck<Input<5, 7, 9>, AvgPool2d<3, stride(2), padding(1)>>() == "");
  CHECK(gradcheck<Input<2, 7, 8>, AvgPool2d<Size2d{2, 3}, stride(1, 2)>>() == "");
  CHECK(gradcheck<Input<2, 8, 7>, AvgPool2d<3, stride(2), padding(0, 1, 1, 0), ceil_mode(true),
                                            count_include_pad(false)>>() == "");
  CHECK(gradcheck<Input<5, 9>, AvgPool1d<2, padding("same"), ceil_mode(true)>>() == "");
}
