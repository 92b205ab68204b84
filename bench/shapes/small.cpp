// Small networks on images of 28x28: the overhead counts.

#include "add_shape.hpp"

namespace ctnn::bench {
namespace {

[[maybe_unused]] const bool added[]{
    add_shape(
        "perceptron 784-512-256-10",
        Sequential<Input<784>, Linear<512>, ReLU, Linear<256>, ReLU, Linear<10>, LogSoftmax>{}),
    add_shape("LeNet-5", Sequential<Input<1, 28, 28>,                             //
                                    Conv2d<6, 5, padding(2)>, ReLU, MaxPool2d<2>, //
                                    Conv2d<16, 5>, ReLU, MaxPool2d<2>,            //
                                    Flatten, Linear<120>, ReLU, Linear<84>, ReLU, //
                                    Linear<10>, LogSoftmax>{}),
};

} // namespace
} // namespace ctnn::bench
