#include "support/pytorch.hpp"

using namespace ctnn;
using ctnn::test::agrees_with_pytorch;

namespace {

/// Whether there are as many windows with ceil_mode as aten/src/ATen/native/Pool.h says, for all small sizes.
constexpr bool rounds_up_as_pytorch() {
  for (int in = 1; in < 10; ++in)
    for (int kernel = 1; kernel < 7; ++kernel)
      for (int step = 1; step < 6; ++step)
        for (int pad = 0; pad <= kernel / 2; ++pad) {
          const detail::SlidingWindow window{
              .kernel = kernel, .stride = step, .sides = padding(pad), .ceil_mode = true};
          const int beyond = in + 2 * pad - kernel + step - 1;
          if (window.check_pool({1, in, in}, false).empty() != (beyond >= 0)) return false;
          if (beyond < 0) continue;
          int out = beyond / step + 1;
          if ((out - 1) * step >= in + pad) --out;
          if (window.output_shape({1, in, in}, 1) != Shape{1, out, out}) return false;
        }
  return true;
}

} // namespace

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

TEST_CASE("max pooling that rounds up agrees with PyTorch") {
  STATIC_REQUIRE(rounds_up_as_pytorch());
  agrees_with_pytorch<Input<2, 7, 9>, MaxPool2d<2, ceil_mode(true)>>("max_pool2d_2_ceil");
  agrees_with_pytorch<Input<2, 8, 7>, MaxPool2d<3, stride(2), ceil_mode(true)>>(
      "max_pool2d_3_stride_2_ceil");
  agrees_with_pytorch<Input<2, 8, 6>, MaxPool2d<3, stride(2, 3), padding(1), ceil_mode(true)>>(
      "max_pool2d_3_stride_2x3_padding_1_ceil");
  // A last window that would begin behind the image is none, and one larger than the image fits.
  agrees_with_pytorch<Input<2, 5, 3>, MaxPool2d<2, stride(3), padding(1), ceil_mode(true)>>(
      "max_pool2d_2_stride_3_padding_1_ceil");
  agrees_with_pytorch<Input<2, 3, 6>, MaxPool2d<4, ceil_mode(true)>>("max_pool2d_4_ceil");
}

TEST_CASE("max pooling with padding side by side agrees with PyTorch") {
  agrees_with_pytorch<Input<2, 7, 8>, MaxPool2d<3, stride(2), padding(0, 1, 1, 0)>>(
      "max_pool2d_3_stride_2_padding_0_1_1_0");
  agrees_with_pytorch<Input<2, 7, 8>, MaxPool2d<4, stride(1), padding("same")>>(
      "max_pool2d_4_stride_1_same");
  agrees_with_pytorch<Input<2, 7, 8>, MaxPool2d<3, stride(2), padding("same"), ceil_mode(true)>>(
      "max_pool2d_3_stride_2_same");
}

TEST_CASE("max pooling of sequences agrees with PyTorch") {
  agrees_with_pytorch<Input<3, 9>, MaxPool1d<2>>("max_pool1d_2");
  agrees_with_pytorch<Input<3, 10>, MaxPool1d<3, stride(2), padding(1), ceil_mode(true)>>(
      "max_pool1d_3_stride_2_padding_1_ceil");
}

TEST_CASE("max pooling keeps the law of gradients") {
  CHECK(gradcheck<Input<3, 6, 6>, MaxPool2d<2>>() == "");
  CHECK(gradcheck<Input<2, 7, 9>, MaxPool2d<3, stride(2), padding(1)>>() == "");
  CHECK(gradcheck<Input<9, 5, 5>, MaxPool2d<3, stride(1)>>() == "");
  CHECK(gradcheck<Input<2, 7, 8>, MaxPool2d<2, stride(3)>>() == "");
  CHECK(gradcheck<Input<2, 8, 7>, MaxPool2d<3, stride(2), ceil_mode(true)>>() == "");
  CHECK(gradcheck<Input<2, 5, 6>, MaxPool2d<4, stride(2), padding("same")>>() == "");
  CHECK(gradcheck<Input<5, 9>, MaxPool1d<2, padding(0, 0, 1, 0), ceil_mode(true)>>() == "");
}
