// As one would begin with CIFAR-10.

#include "add_shape.hpp"

namespace ctnn::bench {
namespace {

[[maybe_unused]] const bool added[]{
    add_shape(
        "CIFAR-10, six 3x3 with padding",
        Sequential<
            Input<3, 32, 32>,                                                                 //
            Conv2d<32, 3, padding(1)>, ReLU, Conv2d<32, 3, padding(1)>, ReLU, MaxPool2d<2>,   //
            Conv2d<64, 3, padding(1)>, ReLU, Conv2d<64, 3, padding(1)>, ReLU, MaxPool2d<2>,   //
            Conv2d<128, 3, padding(1)>, ReLU, Conv2d<128, 3, padding(1)>, ReLU, MaxPool2d<2>, //
            Flatten, Linear<128>, ReLU, Linear<10>, LogSoftmax>{}),
};

} // namespace
} // namespace ctnn::bench
