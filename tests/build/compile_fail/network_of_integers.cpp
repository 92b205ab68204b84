// expect: a network runs in float or double, not in int
#include <ctnn/train.hpp>
using namespace ctnn;
using Net = Sequential<Input<4>, Linear<2>, LogSoftmax>;
double train(const TensorDataset<int, 2>& data) {
  Network<Net, int> net;
  Workspace<Net, int> workspace;
  Trainer trainer(net, NLLLoss{}, SGD{.lr = 0.1});
  return train_epoch(trainer, data).loss();
}
