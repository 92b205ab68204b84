// expect: Points is not a data set: it lacks std::size_t size() const
#include <ctnn/train.hpp>
using namespace ctnn;
using Net = Sequential<Input<4>, Linear<2>, LogSoftmax>;
struct Points {
  std::size_t size() { return 8; }
  void read(std::size_t, float*) {}
  std::uint32_t label(std::size_t) { return 0; }
};
double score(Network<Net>& net) {
  Trainer trainer(net, NLLLoss{}, SGD{});
  return trainer.evaluate(Points{}).accuracy();
}
