// Many channels on few pixels.

#include "add_shape.hpp"

namespace ctnn::bench {
namespace {

[[maybe_unused]] const bool added[]{
    add_shape("16x16, 128 channels", Sequential<Input<3, 16, 16>,                               //
                                                Conv2d<128, 3, padding(1)>, ReLU,               //
                                                Conv2d<128, 3, padding(1)>, ReLU, MaxPool2d<2>, //
                                                Conv2d<128, 3, padding(1)>, ReLU, MaxPool2d<2>, //
                                                Flatten, Linear<10>, LogSoftmax>{}),
};

} // namespace
} // namespace ctnn::bench
