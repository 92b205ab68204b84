// expect: Clipped is not an optimizer: its before_update is not void before_update(const auto& weights, const auto& gradients)
#include <ctnn/train.hpp>
using namespace ctnn;
using Net = Sequential<Input<4>, Linear<2>, LogSoftmax>;
struct Clipped : SGD {
  void before_update(const auto&) const {}
};
double train(Network<Net>& net, const TensorDataset<float, 2>& data) {
  Trainer trainer(net, NLLLoss{}, Clipped{});
  return train_epoch(trainer, data).loss();
}
