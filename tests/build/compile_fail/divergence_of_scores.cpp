// expect: KLDivLoss wants log-probabilities: end the network in LogSoftmax
#include <ctnn/train.hpp>
using namespace ctnn;
using Net = Sequential<Input<4>, Linear<2>>;
double train(Network<Net>& net, const TensorDataset<float, 2, 2>& data) {
  Trainer trainer(net, KLDivLoss{}, SGD{.lr = 0.1});
  return train_epoch(trainer, data).loss();
}
