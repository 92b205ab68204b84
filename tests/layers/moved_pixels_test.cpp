// Layers that move pixels: padding, pixels of channels, images that grow.
#include "support/pytorch.hpp"

using namespace ctnn;
using ctnn::test::agrees_with_pytorch;

TEST_CASE("padding with zeros agrees with PyTorch") {
  agrees_with_pytorch<Input<2, 3, 4>, ZeroPad2d<2>>("zero_pad2d_2");
  agrees_with_pytorch<Input<2, 3, 4>, ZeroPad2d<1, 0, 2, 3>>("zero_pad2d_1_0_2_3");
}

TEST_CASE("pixels of channels agree with PyTorch") {
  agrees_with_pytorch<Input<12, 2, 3>, ChannelShuffle<3>>("channel_shuffle_3");
  agrees_with_pytorch<Input<34, 5>, ChannelShuffle<2>>("channel_shuffle_sequence");
  agrees_with_pytorch<Input<8, 3, 4>, PixelShuffle<2>>("pixel_shuffle_2");
  agrees_with_pytorch<Input<18, 2, 3>, PixelShuffle<3>>("pixel_shuffle_3");
}

TEST_CASE("images grow as PyTorch's") {
  agrees_with_pytorch<Input<2, 3, 4>, Upsample<2>>("upsample_2");
  agrees_with_pytorch<Input<2, 3, 4>, Upsample<Size2d{3, 2}, mode("nearest")>>("upsample_3x2");
  agrees_with_pytorch<Input<2, 3, 4>, Upsample<2, mode("bilinear")>>("upsample_2_bilinear");
  agrees_with_pytorch<Input<2, 5, 4>,
                      Upsample<Size2d{3, 4}, mode("bilinear"), align_corners(false)>>(
      "upsample_3x4_bilinear");
  agrees_with_pytorch<Input<2, 3, 4>, Upsample<2, mode("bilinear"), align_corners(true)>>(
      "upsample_2_align_corners");
  agrees_with_pytorch<Input<2, 5, 1>, Upsample<3, align_corners(true), mode("bilinear")>>(
      "upsample_3_align_corners");
}

TEST_CASE("layers that move pixels keep the law of gradients") {
  CHECK(gradcheck<Input<3, 3, 4>, ZeroPad2d<1, 0, 2, 3>>() == "");
  CHECK(gradcheck<Input<2, 4, 4>, Conv2d<8, 3>, PixelShuffle<2>>() == "");
  CHECK(gradcheck<Input<4, 4, 4>, Conv2d<6, 3, groups(2)>, ChannelShuffle<2>,
                  Conv2d<2, 1, groups(2)>>() == "");
  CHECK(gradcheck<Input<3, 3, 4>, Upsample<Size2d{2, 3}>>() == "");
  CHECK(gradcheck<Input<3, 3, 4>, Upsample<Size2d{2, 3}, mode("bilinear")>>() == "");
  CHECK(gradcheck<Input<3, 3, 4>, Upsample<3, mode("bilinear"), align_corners(true)>>() == "");
}
