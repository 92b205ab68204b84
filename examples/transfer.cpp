// Take the first layers of a trained network over into another one, and train only the rest of it.
#include <cmath>
#include <numbers>
#include <random>

#include <ctnn/io/state_dict.hpp>
#include <ctnn/train.hpp>

using namespace ctnn;

using Features = Sequential<Linear<32>, ReLU, Linear<32>, ReLU>;
using Old = Sequential<Input<2>, Named<"features", Features>, Named<"arms", Linear<4>>>;
using New = Sequential<Input<2>, Frozen<Named<"features", Features>>, Named<"halves", Linear<2>>>;

/// Points on four arms of a spiral. The class is the arm, or which two of the arms it is one of.
TensorDataset<float, 2> spiral(std::size_t count, int classes, unsigned seed) {
  std::mt19937 random(seed);
  Tensor<float, 2> x({count, 2});
  std::vector<int> labels;
  for (std::size_t i = 0; i < count; ++i) {
    const float r = std::uniform_real_distribution(0.1f, 1.f)(random);
    const int arm = std::uniform_int_distribution(0, 3)(random);
    const float angle = 3 * r + std::numbers::pi_v<float> / 2 * static_cast<float>(arm);
    x(i, 0) = r * std::cos(angle);
    x(i, 1) = r * std::sin(angle);
    labels.push_back(arm * classes / 4);
  }
  return {x, labels};
}

int main() {
  Network<Old> old(/*seed=*/1);
  Trainer teacher(old, CrossEntropyLoss{}, Adam{.lr = 0.01});
  const auto many = spiral(1000, 4, 1);
  for (int epoch = 1; epoch <= 30; ++epoch) train_epoch(teacher, many, {.batch_size = 50});
  save_state_dict(old, "old.safetensors");

  Network<New> net(/*seed=*/2);
  const LoadResult loaded = load_state_dict(net, "old.safetensors", {.strict = false});
  for (const std::string& name : loaded.missing) std::printf("%s starts anew\n", name.c_str());

  Trainer trainer(net, CrossEntropyLoss{}, Adam{.lr = 0.01}); // moves what is not Frozen
  const auto few = spiral(40, 2, 2);
  for (int epoch = 1; epoch <= 100; ++epoch) train_epoch(trainer, few, {.batch_size = 10});

  const bool kept = net.parameter<"features.0.weight">() == old.parameter<"features.0.weight">();
  const double accuracy = trainer.evaluate(spiral(1000, 2, 3)).accuracy();
  std::printf("features %s; from 40 samples: %.1f %%\n", kept ? "kept" : "changed", 100 * accuracy);
  return kept && accuracy > 0.9 ? 0 : 1;
}
