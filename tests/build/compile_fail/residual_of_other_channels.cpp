// expect: Sum after layer 1: its body makes 32x28x28 of 16x28x28; a sum needs equal shapes (Sum<Sequential<...>, Conv2d<32, 1>> has them)
// All that a program does with a network.
#include <ctnn/io/training_state.hpp>
#include <ctnn/train.hpp>
#include <iostream>
using namespace ctnn;

using Block = Residual<Conv2d<32, 3, padding(1)>, GroupNorm<4>, ReLU, Conv2d<32, 3, padding(1)>>;
using Net = Sequential<Input<1, 28, 28>, Conv2d<16, 3, padding(1)>, ReLU, Block, ReLU,
                       AdaptiveAvgPool2d<1>, Flatten, Linear<10>>;
static_assert(Net::parameter_count > 0);

int main() {
  std::cout << summary<Net> << summary<Net, Rows::with_parameters> << plan::table<Net>();
  for (const auto& node : Net::nodes) std::cout << node.kind << node.output_shape.size();
  const Tensor<float, 4> x({8, 1, 28, 28}, 0.f);
  const TensorDataset data(x, std::vector{0, 1, 2, 3, 4, 5, 6, 7});
  Network<Net> net(/*seed=*/1);
  Trainer trainer(net, CrossEntropyLoss{}, Adam{.lr = 0.01});
  std::cout << train_epoch(trainer, data, {.batch_size = 4}).loss()
            << trainer.evaluate(data).accuracy();
  const Tensor<float, 2> y = net.predict(x);
  std::cout << y(0, 0) << Net::trainable_count;
  save_training_state(trainer, "state.safetensors");
}
