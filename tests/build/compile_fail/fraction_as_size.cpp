// expect: layer 0 Conv2d<8, fraction>: sizes are whole numbers
#include <ctnn/infer.hpp>
using namespace ctnn;
using Net = Sequential<Input<1, 28, 28>, Conv2d<8, 3.9>, ReLU>;
int main() { Network<Net> net; }
