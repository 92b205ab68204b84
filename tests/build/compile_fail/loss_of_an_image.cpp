// expect: CrossEntropyLoss wants a vector of class scores, and the output is 2x3x3
#include <ctnn/train.hpp>
using namespace ctnn;
using Net = Sequential<Input<1, 5, 5>, Conv2d<2, 3>>;
double train(Network<Net>& net, const TensorDataset<float, 4>& data) {
  Trainer trainer(net, CrossEntropyLoss{}, Adam{.lr = 0.01});
  return train_epoch(trainer, data).loss();
}
