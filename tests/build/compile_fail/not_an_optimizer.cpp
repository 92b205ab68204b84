// expect: Descent is not an optimizer: it lacks static constexpr std::array<StringView, N> state_names
#include <ctnn/train.hpp>
using namespace ctnn;
using Net = Sequential<Input<4>, Linear<2>, LogSoftmax>;
struct Descent {
  double lr = 0.1;
};
double train(Network<Net>& net, const TensorDataset<float, 2>& data) {
  Trainer trainer(net, NLLLoss{}, Descent{});
  trainer.optimizer.lr = 0.2;
  return train_epoch(trainer, data).loss();
}
