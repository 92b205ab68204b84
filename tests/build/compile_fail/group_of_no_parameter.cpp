// expect: ByName: no parameter is named head.*; the nearest is fc.bias
#include <ctnn/train.hpp>
using namespace ctnn;
using Net = Sequential<Input<4>, Named<"fc", Linear<2>>, LogSoftmax>;
double train(Network<Net>& net, const TensorDataset<float, 2>& data) {
  const ParameterGroups groups{SGD{}, Group<ByName<"head.*">>{.lr_scale = 10}};
  Trainer trainer(net, NLLLoss{}, EMA{groups});
  trainer.optimizer.lr = 0.1;
  const Network<Net> averaged = averaged_network(trainer);
  return train_epoch(trainer, data).loss();
}
