#pragma once
// The network that `mnist` trains: edit it, and the compiler checks every shape.

#include <ctnn/core.hpp>

using Net =
    ctnn::Sequential<ctnn::Input<1, 28, 28>,                                //
                     ctnn::Named<"conv1", ctnn::Conv2d<32, 3>>, ctnn::ReLU, //
                     ctnn::Named<"conv2", ctnn::Conv2d<64, 3>>, ctnn::MaxPool2d<2>, ctnn::ReLU,
                     ctnn::Named<"conv3", ctnn::Conv2d<128, 3>>, ctnn::ReLU, //
                     ctnn::Named<"conv4", ctnn::Conv2d<256, 3>>, ctnn::MaxPool2d<2>, ctnn::ReLU,
                     ctnn::Flatten,                                    //
                     ctnn::Named<"fc1", ctnn::Linear<50>>, ctnn::ReLU, //
                     ctnn::Named<"fc2", ctnn::Linear<10>>, ctnn::LogSoftmax>;

static_assert(Net::parameter_count == 593'200);
static_assert(Net::output_shape == ctnn::Shape{10});
