// Hold some samples back, and keep the network that is best on them, here by the F1 of a rare class.
#include <random>

#include <ctnn/train.hpp>

using namespace ctnn;

using Net = Sequential<Input<2>, Linear<32>, ReLU, Linear<32>, ReLU, Linear<2>>;

/// Points in a square. Those in a disc are of class 1, one in ten; one label in a hundred is wrong.
TensorDataset<float, 2> points(std::size_t count) {
  std::mt19937 random(1);
  std::uniform_real_distribution<float> at(-1, 1);
  Tensor<float, 2> x({count, 2});
  std::vector<int> labels;
  for (std::size_t i = 0; i < count; ++i) {
    x(i, 0) = at(random), x(i, 1) = at(random);
    const bool inside = x(i, 0) * x(i, 0) + x(i, 1) * x(i, 1) < 0.13f;
    labels.push_back(inside != std::bernoulli_distribution(0.01)(random));
  }
  return {x, labels};
}

int main() {
  const auto data = points(2000);
  const auto [train, validation, test] = random_split(data, {1000, 500, 500}, /*seed=*/1);

  Network<Net> net(/*seed=*/1);
  Trainer trainer(net, CrossEntropyLoss{}, Adam{.lr = 0.003});
  const auto f1_on = [&](const auto& samples) {
    Tensor<float, 2> outputs;
    trainer.evaluate(samples, outputs);
    return confusion_matrix(outputs, samples).f1(1);
  };

  Network<Net> best = net.clone();
  double best_f1 = 0;
  int best_epoch = 0;
  for (int epoch = 1; epoch <= best_epoch + 10; ++epoch) { // stops after ten that were no better
    train_epoch(trainer, train, {.batch_size = 50});
    if (const double f1 = f1_on(validation); f1 > best_f1) {
      best = net.clone();
      best_f1 = f1;
      best_epoch = epoch;
    }
  }
  net = best.clone();
  const double unseen = f1_on(test); // samples that decided nothing
  std::printf("epoch %d: F1 %.3f in validation, %.3f in the test\n", best_epoch, best_f1, unseen);
  return f1_on(validation) == best_f1 && unseen > 0.75 ? 0 : 1;
}
