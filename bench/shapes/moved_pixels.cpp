// An encoder and a decoder of as many pixels, by all that moves them.

#include "add_shape.hpp"

namespace ctnn::bench {
namespace {

[[maybe_unused]] const bool added[]{
    add_shape("smaller and larger again",
              Sequential<Input<3, 32, 32>, Conv2d<32, 3>, ReLU,                           //
                         ZeroPad2d<1, 2, 1, 2>, MaxPool2d<3, stride(2), ceil_mode(true)>, //
                         Conv2d<64, 3, padding(1)>, ReLU, Upsample<2, mode("bilinear")>,  //
                         Conv2d<32, 3>, ReLU, PixelShuffle<2>, Upsample<2>,               //
                         AvgPool2d<9, stride(8), padding(1), count_include_pad(false)>, Flatten,
                         Linear<10>, LogSoftmax>{}),
};

} // namespace
} // namespace ctnn::bench
