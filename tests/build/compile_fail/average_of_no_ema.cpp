// expect: SGD keeps no average of the weights: EMA{SGD{...}} does
#include <ctnn/train.hpp>
using namespace ctnn;
using Net = Sequential<Input<4>, Named<"fc", Linear<2>>, LogSoftmax>;
double train(Network<Net>& net, const TensorDataset<float, 2>& data) {
  Trainer trainer(net, NLLLoss{}, SGD{});
  train_epoch(trainer, data);
  const Network<Net> averaged = averaged_network(trainer);
  return trainer.evaluate(data).loss();
}
