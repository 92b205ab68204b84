// expect: layer 1 Dropout<1.5>: probability must be in [0, 1)
#include <ctnn/core.hpp>
using namespace ctnn;
using Net = Sequential<Input<10>, Linear<4>, Dropout<1.5>>;
static_assert(Net::parameter_count == 44);
