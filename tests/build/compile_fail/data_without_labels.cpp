// expect: NLLLoss wants classes, and Points has no label(std::size_t i) const that is a whole number
#include <ctnn/train.hpp>
using namespace ctnn;
using Net = Sequential<Input<4>, Linear<2>, LogSoftmax>;
struct Points {
  static constexpr Shape sample_shape{4};
  std::size_t size() const { return 8; }
  void read(std::size_t, float*) const {}
};
double score(Network<Net>& net) {
  Trainer trainer(net, NLLLoss{}, SGD{});
  return trainer.evaluate(Points{}).accuracy();
}
