// limit: 3
#include "../../../src/mnist_net.hpp"

static_assert(Net::parameter_count == 593'200);
