// Few channels, on images of 28x28.

#include "add_shape.hpp"

namespace ctnn::bench {
namespace {

[[maybe_unused]] const bool added[]{
    add_shape("one 5x5 convolution", Sequential<Input<1, 28, 28>, Conv2d<16, 5>, ReLU, MaxPool2d<2>,
                                                Flatten, Linear<10>, LogSoftmax>{}),
    add_shape("narrow, 4 and 8 channels",
              Sequential<Input<1, 28, 28>,                       //
                         Conv2d<4, 3>, ReLU, Conv2d<8, 3>, ReLU, //
                         MaxPool2d<2>, Conv2d<10, 3>, ReLU, Flatten, Linear<10>, LogSoftmax>{}),
};

} // namespace
} // namespace ctnn::bench
