// expect: Points is not a data set: it lacks void read(std::size_t i, T* x) const, T as the network has it
#include <ctnn/train.hpp>
using namespace ctnn;
using Net = Sequential<Input<4>, Linear<2>, LogSoftmax>;
struct Points {
  static constexpr Shape sample_shape{4};
  std::size_t size() const { return 8; }
  std::uint32_t label(std::size_t) const { return 0; }
};
double train(Network<Net>& net) {
  Trainer trainer(net, NLLLoss{}, SGD{});
  return train_epoch(trainer, Points{}).loss();
}
