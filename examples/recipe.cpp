// A recipe as they are today: warm-up and cosine, no weight decay for biases and norms, the head with
// a learning rate of its own, gradients clipped by their norm, in the end the average of the weights.
#include <cmath>
#include <cstdio>
#include <numbers>

#include <ctnn/ctnn.hpp>

using namespace ctnn;

using Net = Sequential<Input<2>, Linear<32>, LayerNorm<>, GELU<>, Linear<32>, LayerNorm<>, GELU<>,
                       Named<"head", Linear<2>>>;

TensorDataset<float, 2> spirals(std::size_t count) { // two that wind round each other
  Tensor<float, 2> x({count, 2});
  std::vector<std::uint32_t> labels(count);
  for (std::size_t i = 0; i < count; ++i) {
    labels[i] = i % 2;
    const double r = 0.1 + 0.9 * static_cast<double>(i) / static_cast<double>(count);
    const double angle = 9 * r + std::numbers::pi * labels[i];
    x(i, 0) = static_cast<float>(r * std::cos(angle));
    x(i, 1) = static_cast<float>(r * std::sin(angle));
  }
  return {x, labels};
}

int main() {
  const auto data = spirals(1000), unseen = spirals(777);
  constexpr std::uint32_t epochs = 30, warm_up = 3;
  constexpr std::size_t batch_size = 50,
                        batches = 1000 / batch_size; // data.size() divided, rounded up

  // The first group that selects a parameter has it: head.bias is in the first.
  const ParameterGroups groups{AdamW{.weight_decay = 0.05},
                               Group<BiasesAndNorms>{.weight_decay = 0},
                               Group<ByName<"head.*">>{.lr_scale = 0.5}};
  const SequentialLR schedule{
      LinearLR{.lr = 0.01, .start_factor = 0.01, .total_iters = warm_up * batches},
      warm_up * batches, CosineAnnealingLR{.lr = 0.01, .T_max = (epochs - warm_up) * batches}};

  Network<Net> net(/*seed=*/1);
  Trainer trainer(net, CrossEntropyLoss{}, EMA{ClipGradNorm{groups, 1.0}, /*decay=*/0.98});
  trainer.optimizer.lr = schedule.lr_at(0);
  for (std::uint32_t epoch = 1; epoch <= epochs; ++epoch)
    train_epoch(trainer, data, {.batch_size = batch_size, .epoch = epoch},
                [&](const Score&, const Score&) {
                  trainer.optimizer.lr = schedule.lr_at(trainer.steps());
                });

  const Score last = trainer.evaluate(unseen);
  Network<Net> averaged = averaged_network(trainer);
  save_state_dict(averaged, "averaged.safetensors");
  std::swap(net, averaged); // the trainer evaluates what is in its network
  const Score average = trainer.evaluate(unseen);
  std::swap(net, averaged); // to go on training
  std::printf("norm of the last gradients %.3f\naccuracy %.1f %%, of the average %.1f %%\n",
              trainer.optimizer.total_norm, 100 * last.accuracy(), 100 * average.accuracy());
  return average.accuracy() > 0.98 ? 0 : 1;
}
