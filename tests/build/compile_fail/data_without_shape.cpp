// expect: Points is not a data set: it lacks static constexpr Shape sample_shape, or Shape sample_shape() const
#include <ctnn/train.hpp>
using namespace ctnn;
using Net = Sequential<Input<4>, Linear<2>, LogSoftmax>;
struct Points {
  std::size_t size() const { return 8; }
  void read(std::size_t, float*) const {}
  std::uint32_t label(std::size_t) const { return 0; }
};
double train(Network<Net>& net) {
  Trainer trainer(net, NLLLoss{}, SGD{});
  return train_epoch(trainer, Points{}).loss();
}
