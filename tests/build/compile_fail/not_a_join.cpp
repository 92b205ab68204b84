// expect: Parallel<Largest, ...> after layer 0: Largest is not a join: it lacks static constexpr Shape output_shape(Shapes)
#include <ctnn/train.hpp>
using namespace ctnn;
struct Largest { // a layer's output_shape, of one shape
  static constexpr Shape output_shape(Shape in) { return in; }
  static void forward(const auto& c) {
    c.y.tensor() = xt::maximum(std::get<0>(c.x).tensor(), std::get<1>(c.x).tensor());
  }
};
using Net = Sequential<Input<4>, Linear<8>, Parallel<Largest, Linear<8>, Identity>, Linear<2>>;
double train(Network<Net>& net, const TensorDataset<float, 2>& data) {
  Trainer trainer(net, CrossEntropyLoss{}, SGD{.lr = 0.1});
  return train_epoch(trainer, data).loss();
}
