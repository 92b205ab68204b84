// expect: layer 3 Linear<10>: expects a flat input, got 16x12x12 (put Flatten before it)
#include <ctnn/ctnn.hpp>
using namespace ctnn;

using Net = Sequential<Input<1, 28, 28>, Conv2d<16, 5>, ReLU, MaxPool2d<2>, Linear<10>, LogSoftmax>;
static_assert(Net::parameter_count == 23'466);

int main() {
  const auto train = load_mnist("data/mnist", Split::train), test = load_mnist("data/mnist", Split::test);
  Network<Net> net(/*seed=*/1);
  Trainer trainer(net, NLLLoss{}, SGD{.lr = 0.05, .momentum = 0.9});
  for (std::uint32_t epoch = 1; epoch <= 3; ++epoch) {
    train_epoch(trainer, train, {.batch_size = 128, .epoch = epoch});
    std::printf("epoch %u: %.2f %%\n", epoch, 100 * trainer.evaluate(test).accuracy());
  }
  save_state_dict(net, "mnist.safetensors");
}
