// expect: layer 4 MaxPool2d<5>: window 5x5 does not fit its 3x3 input
#include <ctnn/core.hpp>
using namespace ctnn;
using Net = Sequential<Input<1, 9, 9>, Conv2d<8, 3>, ReLU, MaxPool2d<2>, ReLU, MaxPool2d<5>,
                       Flatten, Linear<10>>;
static_assert(Net::multiply_adds < 100'000);
static_assert(Net::nodes[1].output_shape == Shape{8, 7, 7});
