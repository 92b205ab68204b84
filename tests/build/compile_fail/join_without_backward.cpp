// expect: Largest lacks static void backward(const auto& c): a join needs it to train
#include <algorithm>
#include <ctnn/train.hpp>
using namespace ctnn;
struct Largest {
  static constexpr Shape output_shape(Shapes in) { return in[0]; }
  static void forward(const auto& c) {
    const auto& [a, b] = c.x;
    for (std::size_t i = 0; i < c.y.size(); ++i) c.y[i] = std::max(a[i], b[i]);
  }
};
using Net = Sequential<Input<4>, Linear<8>, Parallel<Largest, Linear<8>, Identity>, Linear<2>>;
double train(Network<Net>& net, const TensorDataset<float, 2>& data) {
  Trainer trainer(net, CrossEntropyLoss{}, SGD{.lr = 0.1});
  return train_epoch(trainer, data).loss();
}
