// expect: layer features.0 Conv2d<8, 3, stride(0)>: stride must be at least 1x1, got 0x0
#include <ctnn/core.hpp>
using namespace ctnn;
using Net =
    Sequential<Input<1, 9, 9>, Named<"features", Sequential<Conv2d<8, 3, stride(0)>, ReLU>>>;
static_assert(Net::parameter_count == 80);
