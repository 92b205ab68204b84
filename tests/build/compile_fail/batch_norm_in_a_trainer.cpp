// expect: layer layer1.bn1 BatchNorm2d would train by the statistics of each batch, which it cannot yet; inside of Frozen<...> it trains by its running statistics
#include <ctnn/train.hpp>
using namespace ctnn;
using Body = Sequential<Named<"conv1", Conv2d<8, 3, padding(1), bias(false)>>,
                        Named<"bn1", BatchNorm2d<>>, ReLU>;
using Net =
    Sequential<Input<8, 9, 9>, Named<"layer1", Sequential<Residual<Body>>>, Flatten, Linear<10>>;
double train(Network<Net>& net, const TensorDataset<float, 4>& data) {
  Trainer trainer(net, CrossEntropyLoss{}, Adam{});
  const double loss = train_epoch(trainer, data).loss();
  return loss + trainer.evaluate(data).accuracy();
}
