// expect: layer 0 Conv2d<3, 16, 5>: the third argument is an option such as stride(2); out_channels and kernel_size come first, in_channels are inferred
#include <ctnn/core.hpp>
using namespace ctnn;
using Net = Sequential<Input<3, 32, 32>, Conv2d<3, 16, 5>, ReLU, Flatten, Linear<10>>;
static_assert(Net::output_shape == Shape{10});
