// expect: Sequential<Conv2d<8, 3>, ...> has no Input<...>; a network starts with one
#include <ctnn/core.hpp>
using namespace ctnn;
using Net = Sequential<Conv2d<8, 3>, ReLU>;
static_assert(Net::parameter_count == 80);
