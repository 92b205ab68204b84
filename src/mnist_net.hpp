#pragma once
// The network that `mnist` trains: edit it, and the compiler checks every shape.

#include <ctnn/core.hpp>

namespace net {

using namespace ctnn;

// clang-format off
using Net = Sequential<
    Input<1, 28, 28>,
    Named<"conv1", Conv2d<32, 3>>,                 ReLU,
    Named<"conv2", Conv2d<64, 3>>,  MaxPool2d<2>,  ReLU,
    Named<"conv3", Conv2d<128, 3>>,                ReLU,
    Named<"conv4", Conv2d<256, 3>>, MaxPool2d<2>,  ReLU,
    Flatten,
    Named<"fc1", Linear<50>>,                      ReLU,
    Named<"fc2", Linear<10>>,                      LogSoftmax>;
// clang-format on

} // namespace net

using net::Net;

// These are the assignment's numbers: once you edit the network, they have done their work.
static_assert(Net::parameter_count == 593'200);
static_assert(Net::output_shape == ctnn::Shape{10});
