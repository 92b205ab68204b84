// expect: the data set gives 1x28x28, the network takes 1x32x32
#include <ctnn/ctnn.hpp>
#include <ctnn/data/transforms.hpp>
using namespace ctnn;
using namespace ctnn::transforms;
using Net = Sequential<Input<1, 32, 32>, Flatten, Linear<10>, LogSoftmax>;
using Augmentation = Compose<Input<1, 28, 28>, ToTensor>;
Score epoch(Network<Net>& net, const Transformed<Augmentation>& data) {
  Trainer trainer(net, NLLLoss{}, SGD{});
  return trainer.evaluate(data);
}
