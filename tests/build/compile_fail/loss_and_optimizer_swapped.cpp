// expect: SGD is an optimizer: a Trainer takes the network, the loss, the optimizer
#include <ctnn/train.hpp>
using namespace ctnn;
using Net = Sequential<Input<4>, Linear<2>, LogSoftmax>;
double train(Network<Net>& net, const TensorDataset<float, 2>& data) {
  Trainer trainer(net, SGD{}, NLLLoss{});
  trainer.optimizer.lr = 0.1;
  return train_epoch(trainer, data).loss() + trainer.evaluate(data).accuracy();
}
