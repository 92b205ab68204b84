// Small and large kernels, on colour images of 32x32.

#include "add_shape.hpp"

namespace ctnn::bench {
namespace {

[[maybe_unused]] const bool added[]{
    add_shape("1x1 kernels", Sequential<Input<3, 32, 32>,                                     //
                                        Conv2d<32, 3, padding(1)>, ReLU, Conv2d<64, 1>, ReLU, //
                                        MaxPool2d<2>, Conv2d<64, 1>, ReLU, Conv2d<128, 1>,    //
                                        ReLU, AvgPool2d<4>, Flatten, Linear<10>, LogSoftmax>{}),
    add_shape("5x5 kernels, padding 2", Sequential<Input<3, 32, 32>,                              //
                                                   Conv2d<32, 5, padding(2)>, ReLU, MaxPool2d<2>, //
                                                   Conv2d<64, 5, padding(2)>, ReLU, MaxPool2d<2>, //
                                                   Flatten, Linear<10>, LogSoftmax>{}),
};

} // namespace
} // namespace ctnn::bench
