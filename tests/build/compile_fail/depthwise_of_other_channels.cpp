// expect: layer 1 Conv2d<48, 3, depthwise>: out_channels 48 are no multiple of the 32 input channels
#include <ctnn/core.hpp>
using namespace ctnn;

using Net = Sequential<Input<3, 32, 32>, Conv2d<32, 3>, Conv2d<48, 3, depthwise>, Flatten, Linear<10>>;
static_assert(Net::parameter_count > 0);
