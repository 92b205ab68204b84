// expect: NLLLoss is a loss: a Trainer takes the network, the loss, the optimizer
#include <ctnn/train.hpp>
using namespace ctnn;
using Net = Sequential<Input<4>, Named<"fc", Linear<2>>, LogSoftmax>;
double train(Network<Net>& net, const TensorDataset<float, 2>& data) {
  Trainer trainer(net, NLLLoss{}, EMA{ParameterGroups{ClipGradNorm{NLLLoss{}, 1.0}}});
  train_epoch(trainer, data);
  const Network<Net> averaged = averaged_network(trainer);
  return trainer.optimizer.total_norm;
}
