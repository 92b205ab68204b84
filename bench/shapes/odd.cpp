// Numbers of channels that no vector divides, sizes of images that no tile does.

#include "add_shape.hpp"

namespace ctnn::bench {
namespace {

[[maybe_unused]] const bool added[]{
    add_shape("20, 50 and 72 channels",
              Sequential<Input<3, 32, 32>,                                       //
                         Conv2d<20, 3>, ReLU, MaxPool2d<2>, Conv2d<50, 3>, ReLU, //
                         Conv2d<72, 3>, ReLU, MaxPool2d<2>, Flatten, Linear<10>, LogSoftmax>{}),
    add_shape("odd images, 37x29",
              Sequential<Input<3, 37, 29>,                                       //
                         Conv2d<24, 3>, ReLU, MaxPool2d<2>, Conv2d<40, 3>, ReLU, //
                         MaxPool2d<2>, Conv2d<56, 3>, ReLU, Flatten, Linear<10>, LogSoftmax>{}),
};

} // namespace
} // namespace ctnn::bench
