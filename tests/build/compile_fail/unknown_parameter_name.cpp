// expect: no parameter is named conv1.wieght; the nearest is conv1.weight
#include <ctnn/core.hpp>
using namespace ctnn;
using Net = Sequential<Input<1, 9, 9>, Named<"conv1", Conv2d<8, 3>>, Flatten, Named<"fc", Linear<10>>>;
static_assert(Net::parameter<"conv1.wieght">().shape == Shape{8, 1, 3, 3});
