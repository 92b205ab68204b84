// expect: CrossEntropyLoss wants scores and makes probabilities of them itself: leave out the Softmax at the end
#include <ctnn/train.hpp>
using namespace ctnn;
using Net = Sequential<Input<4>, Linear<2>, Softmax>;
double train(Network<Net>& net, const TensorDataset<float, 2>& data) {
  Trainer trainer(net, CrossEntropyLoss{}, SGD{.lr = 0.1});
  return train_epoch(trainer, data).loss();
}
