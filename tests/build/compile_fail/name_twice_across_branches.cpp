// expect: two layers are named layer1.conv
#include <ctnn/train.hpp>
using namespace ctnn;
using Body = Sequential<Named<"conv", Conv2d<16, 3, stride(2), padding(1)>>, ReLU>;
using Shortcut = Named<"conv", Conv2d<16, 1, stride(2)>>;
using Net = Sequential<Input<3, 16, 16>, Named<"layer1", Sequential<Sum<Body, Shortcut>>>, Flatten,
                       Linear<10>>;
float bias(const Network<Net>& net) { return net.parameter<"layer1.conv.bias">()(0); }
