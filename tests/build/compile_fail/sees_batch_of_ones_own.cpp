// expect: layer 1 Standardize says sees_batch, which only BatchNorm1d and BatchNorm2d can
#include <ctnn/train.hpp>
using namespace ctnn;
struct Standardize {
  static constexpr bool sees_batch = true;
  static constexpr Shape output_shape(Shape in) { return in; }
  static void forward(const auto& c) {
    for (std::size_t i = 0; i < c.x.size(); ++i) c.y[i] = c.x[i];
  }
  static void backward(const auto& c) {
    for (std::size_t i = 0; i < c.dx.size(); ++i) c.dx[i] = c.dy[i];
  }
};
using Net = Sequential<Input<8, 9, 9>, Conv2d<4, 3>, Standardize, Flatten, Linear<10>>;
double train(Network<Net>& net, const TensorDataset<float, 4>& data) {
  Trainer trainer(net, CrossEntropyLoss{}, Adam{});
  const double loss = train_epoch(trainer, data).loss();
  return loss + trainer.evaluate(data).accuracy();
}
