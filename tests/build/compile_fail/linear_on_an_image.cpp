// expect: layer fc Linear<10>: expects a flat input, got 8x7x7 (put Flatten before it)
#include <ctnn/core.hpp>
using namespace ctnn;
using Net = Sequential<Input<1, 9, 9>, Conv2d<8, 3>, ReLU, Named<"fc", Linear<10>>, LogSoftmax>;
static_assert(Net::parameter<"fc.weight">().shape == Shape{10, 392});
Net::layer<3> unused;
