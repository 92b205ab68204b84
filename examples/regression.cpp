// Fit a function: numbers in tensors, and a network whose output is to be a number.
#include <cmath>

#include <ctnn/train.hpp>

using namespace ctnn;

using Net = Sequential<Input<1>, Linear<32>, Tanh, Linear<1>>;

int main() {
  Tensor<float, 2> x({200, 1}), y({200, 1}); // the samples first, then the shape of one
  for (std::size_t i = 0; i < 200; ++i) {
    x(i, 0) = static_cast<float>(i) / 100 - 1;
    y(i, 0) = std::sin(3 * x(i, 0));
  }
  const TensorDataset data(x,
                           y); // with labels, a std::vector of whole numbers, it is one of classes

  Network<Net> net(/*seed=*/1);
  Trainer trainer(net, MSELoss{}, Adam{.lr = 0.01});
  for (int epoch = 1; epoch <= 200; ++epoch) train_epoch(trainer, data, {.batch_size = 20});

  const double error = trainer.evaluate(data).loss();
  const Tensor<float, 2> between{{0.123f}, {-0.777f}};
  const Tensor<float, 2> found = net.predict(between);
  std::printf("mean squared error %.6f\n", error);
  for (std::size_t i = 0; i < 2; ++i)
    std::printf("sin(3 * %.3f) is %.3f\n", between(i, 0), found(i, 0));
  return error < 1e-3 ? 0 : 1;
}
