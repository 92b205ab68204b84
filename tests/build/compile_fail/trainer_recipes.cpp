// expect: layer 3 Linear<10>: expects a flat input, got 16x12x12 (put Flatten before it)
// What ctnn_add_trainer compiles for a network, of a wrong one.
#include <ctnn/core.hpp>

using Net = ctnn::Sequential<ctnn::Input<1, 28, 28>, ctnn::Conv2d<16, 5>, ctnn::ReLU,
                             ctnn::MaxPool2d<2>, ctnn::Linear<10>, ctnn::LogSoftmax>;
static_assert(Net::parameter_count == 23'466);

#define CTNN_NETWORK_HEADER <ctnn/core.hpp>
#include "../../../src/trainer/recipes.cpp"
