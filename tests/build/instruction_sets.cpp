// One of two units of a program, each for an instruction set of its own: instruction_sets.py builds it.
#include <vector>

#include <ctnn/train.hpp>

using namespace ctnn;

using Net = Sequential<Input<1, 12, 12>, Conv2d<8, 3>, ReLU, MaxPool2d<2>, GroupNorm<2>, GELU<>,
                       LayerNorm<>, AdaptiveAvgPool2d<4>, Dropout<0.1>, Flatten,
                       Linear<10, weight_init(init::orthogonal())>, LogSoftmax>;

/// The loss after ten steps, whose last bits depend on the instruction set.
double RUN() {
  Network<Net> net(1);
  Trainer trainer(net, NLLLoss{}, SGD{.lr = 0.1, .momentum = 0.9}, {.threads = 2});
  auto x = Tensor<float, 4>::from_shape({16, 1, 12, 12});
  for (std::size_t i = 0; i < x.size(); ++i)
    x.data()[i] = static_cast<float>(i * 7919 % 1000) / 500 - 1;
  std::vector<int> labels(16);
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<int>(i % 10);
  const TensorDataset data(x, labels);
  for (int epoch = 0; epoch < 5; ++epoch) train_epoch(trainer, data, {.batch_size = 8});
  return trainer.evaluate(data).loss();
}
