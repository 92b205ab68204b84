// expect: MaxPool2d
// errors: g++ 3, clang 2: a template where a type belongs is C++'s own error, and with it Net is none.
#include <ctnn/infer.hpp>
using namespace ctnn;
using Net = Sequential<Input<1, 28, 28>, Conv2d<16, 5>, ReLU, MaxPool2d, Flatten, Linear<10>, LogSoftmax>;
int main() { Network<Net> net; }
