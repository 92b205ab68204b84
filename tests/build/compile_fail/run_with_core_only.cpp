// expect: to run a network, include <ctnn/infer.hpp>, or <ctnn/train.hpp> to train it
#include <ctnn/core.hpp>
using namespace ctnn;
using Net = Sequential<Input<1, 28, 28>, Conv2d<16, 5>, ReLU, MaxPool2d<2>, Flatten, Linear<10>, LogSoftmax>;
int main() {
  Network<Net> net(/*seed=*/1);
  const float x[784]{};
  return net.predict(x)(0, 3) > 0;
}
