// expect: Huber is not a loss: it lacks static constexpr bool class_targets
#include <ctnn/train.hpp>
using namespace ctnn;
using Net = Sequential<Input<4>, Linear<2>>;
struct Huber {
  static constexpr Sentence check(Shape) { return {}; }
};
double train(Network<Net>& net, const TensorDataset<float, 2, 2>& data) {
  Trainer trainer(net, Huber{}, SGD{.lr = 0.1});
  return train_epoch(trainer, data).loss();
}
