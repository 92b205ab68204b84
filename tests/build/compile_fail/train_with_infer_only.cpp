// expect: Trainer
// errors: g++ 4, clang 3: C++ itself says of each of the three names that it is not declared. To declare
// them all only to say which header is missing would make every network pay for it.
#include <ctnn/infer.hpp>
using namespace ctnn;
using Net = Sequential<Input<1, 28, 28>, Flatten, Linear<10>, LogSoftmax>;
int main() {
  Network<Net> net;
  Trainer trainer(net, NLLLoss{}, SGD{.lr = 0.1});
}
