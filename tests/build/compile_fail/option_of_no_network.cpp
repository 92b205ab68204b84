// expect: With: stride(2) is not an option of a network, which knows fusion, fold, an algorithm
#include <ctnn/core.hpp>
using namespace ctnn;
using Net = With<Sequential<Input<9>, Linear<4>>, stride(2)>;
static_assert(Net::parameter_count == 40);
