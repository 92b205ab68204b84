// expect: Input<64, 1, 28, 28>: wants one to three positive extents, those of one sample, without the batch
#include <ctnn/train.hpp>
using namespace ctnn;
using Net = Sequential<Input<64, 1, 28, 28>, Flatten, Linear<10>, LogSoftmax>;
double train(const TensorDataset<float, 4>& data) {
  Network<Net> net;
  Trainer trainer(net, NLLLoss{}, SGD{.lr = 0.1});
  return train_epoch(trainer, data).loss();
}
