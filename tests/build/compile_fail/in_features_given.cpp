// expect: layer 1 Linear<784, 128>: the second argument is an option such as bias(false); out_features come first, in_features are inferred
#include <ctnn/train.hpp>
using namespace ctnn;
using Net = Sequential<Input<1, 28, 28>, Flatten, Linear<784, 128>, ReLU, Linear<128, 10>>;
static_assert(Net::parameter_count == 101'770);
double train(const TensorDataset<float, 4>& data) {
  Network<Net> net;
  Trainer trainer(net, CrossEntropyLoss{}, SGD{.lr = 0.1});
  return train_epoch(trainer, data).loss();
}
