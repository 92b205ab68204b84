// expect: the network has no parameters to train: all are Frozen
#include <ctnn/train.hpp>
using namespace ctnn;
using Backbone = Sequential<Conv2d<8, 3, bias(false)>, BatchNorm2d<>, ReLU>;
using Net = Sequential<Input<3, 9, 9>,
                       Frozen<Named<"backbone", Backbone>, Flatten, Named<"fc", Linear<10>>>>;
double train(Network<Net>& net, const TensorDataset<float, 4>& data) {
  Trainer trainer(net, CrossEntropyLoss{}, SGD{.lr = 0.1});
  return train_epoch(trainer, data).loss() + trainer.evaluate(data).accuracy();
}
