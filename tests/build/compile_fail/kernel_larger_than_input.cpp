// expect: layer 0 Conv2d<8, 5>: kernel 5x5 does not fit its 4x4 input
#include <ctnn/core.hpp>
using Net = ctnn::Sequential<ctnn::Input<1, 4, 4>, ctnn::Conv2d<8, 5>, ctnn::Flatten,
                             ctnn::Linear<10>>;
static_assert(Net::parameter_count == 218);
static_assert(Net::output_shape == ctnn::Shape{10});
