// Kernels and strides that are not the usual ones, on colour images of 32x32.

#include "add_shape.hpp"

namespace ctnn::bench {
namespace {

[[maybe_unused]] const bool added[]{
    add_shape("stride 2 for pooling", Sequential<Input<3, 32, 32>,                            //
                                                 Conv2d<32, 3, stride(2), padding(1)>, ReLU,  //
                                                 Conv2d<64, 3, stride(2), padding(1)>, ReLU,  //
                                                 Conv2d<128, 3, stride(2), padding(1)>, ReLU, //
                                                 Flatten, Linear<10>, LogSoftmax>{}),
    add_shape("1x5 and 5x1 kernels",
              Sequential<Input<3, 32, 32>,                                                //
                         Conv2d<32, 3, padding(1)>, ReLU, Conv2d<48, Size2d{1, 5}>, ReLU, //
                         Conv2d<48, Size2d{5, 1}>, ReLU, MaxPool2d<2>, Flatten, Linear<10>,
                         LogSoftmax>{}),
};

} // namespace
} // namespace ctnn::bench
