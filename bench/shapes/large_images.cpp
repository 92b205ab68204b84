// Colour images of 64x64.

#include "add_shape.hpp"

namespace ctnn::bench {
namespace {

[[maybe_unused]] const bool added[]{
    add_shape("64x64, four 3x3 with padding",
              Sequential<Input<3, 64, 64>,                              //
                         Conv2d<16, 3, padding(1)>, ReLU, MaxPool2d<2>, //
                         Conv2d<32, 3, padding(1)>, ReLU, MaxPool2d<2>, //
                         Conv2d<64, 3, padding(1)>, ReLU, MaxPool2d<2>, //
                         Conv2d<64, 3, padding(1)>, ReLU, MaxPool2d<2>, //
                         Flatten, Linear<10>, LogSoftmax>{}),
    add_shape(
        "64x64, 7x7 stem of stride 2",
        Sequential<
            Input<3, 64, 64>,                                                                //
            Conv2d<32, 7, stride(2), padding(3)>, ReLU, MaxPool2d<3, stride(2), padding(1)>, //
            Conv2d<64, 3, padding(1)>, ReLU, MaxPool2d<2>,                                   //
            Conv2d<128, 3, padding(1)>, ReLU, AvgPool2d<8>, Flatten, Linear<10>, LogSoftmax>{}),
};

} // namespace
} // namespace ctnn::bench
