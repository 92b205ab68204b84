// expect: Sum after layer 0: has one branch, which leaves nothing to join; a shortcut is the branch Identity
#include <ctnn/core.hpp>
using namespace ctnn;
using Net =
    Sequential<Input<3, 9, 9>, Conv2d<8, 3>, Sum<Conv2d<8, 3, padding(1)>>, Flatten, Linear<10>>;
static_assert(Net::output_shape == Shape{10});
