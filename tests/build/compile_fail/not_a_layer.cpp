// expect: layer 1 int is not a layer: it lacks static constexpr Shape output_shape(Shape)
#include <ctnn/core.hpp>
using namespace ctnn;
using Net = Sequential<Input<1, 9, 9>, ReLU, int, Flatten>;
static_assert(Net::output_shape == Shape{81});
