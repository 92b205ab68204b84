// expect: Scale lacks static void backward(const auto& c): a layer needs it to train
#include <ctnn/train.hpp>
using namespace ctnn;
struct Scale {
  static constexpr Shape output_shape(Shape in) { return in; }
  static void forward(const auto& c) { c.y.tensor() = 2 * c.x.tensor(); }
  void backward(const auto& c) { c.dx.tensor() = 2 * c.dy.tensor(); } // is not static
};
using Net = Sequential<Input<4>, Linear<4>, Named<"scale", Scale>, Scale, Linear<2>>;
double train(const TensorDataset<float, 2>& data) {
  Network<Net> net;
  Trainer trainer(net, CrossEntropyLoss{}, SGD{.lr = 0.1});
  return train_epoch(trainer, data).loss();
}
