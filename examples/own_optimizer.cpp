// An optimizer of your own, with what looks at all weights and gradients at once: clipping of those
// gradients that are large beside their weights.
#include <cmath>
#include <limits>

#include <ctnn/train.hpp>

using namespace ctnn;

using Net = Sequential<Input<1>, Linear<16>, Tanh, Linear<1>>;

/// torch.optim.Adagrad behind adaptive gradient clipping (arXiv 2102.06171), a tensor at a time
struct Adagrad {
  double lr = 0.1, eps = 1e-10;
  double clipping = std::numeric_limits<double>::infinity();

  // Blocks of a number for each parameter, 0 at first. They are saved with the rest of a training.
  static constexpr std::array<StringView, 1> state_names{"sum"};

  /// Sees all parameters, in the order of Net::graph.parameters, before a step. May be left out.
  void before_update(const auto& weights, const auto& gradients) const {
    const auto norm = [](const auto& tensor) {
      double square = 0;
      for (const double value : tensor) square += value * value;
      return std::sqrt(square);
    };
    for (std::size_t p = 0; p < gradients.size(); ++p) {
      const double is = norm(gradients[p]), most = clipping * std::max(norm(weights[p]), 1e-3);
      if (is > most)
        for (float& g : gradients[p]) g *= static_cast<float>(most / is);
    }
  }

  /// Makes a step of some parameters. Called by several threads at once, each with its own part.
  template <class T>
  void update(std::uint64_t /*step, from 1*/, std::size_t count, T* w, const T* g,
              const std::array<T*, 1>& state) const {
    const T rate = static_cast<T>(lr), e = static_cast<T>(eps);
    for (std::size_t i = 0; i < count; ++i) {
      state[0][i] += g[i] * g[i];
      w[i] -= rate * g[i] / (std::sqrt(state[0][i]) + e);
    }
  }
};

double train(const Adagrad& optimizer) { // on a curve with a slip of the pen in it
  Tensor<float, 2> x({200, 1}), y({200, 1});
  for (std::size_t i = 0; i < 200; ++i) {
    x(i, 0) = static_cast<float>(i) / 100 - 1;
    y(i, 0) = std::sin(3 * x(i, 0));
  }
  const TensorDataset right(x, y);
  y(77, 0) = 1000;
  const TensorDataset given(x, y);

  Network<Net> net(/*seed=*/1);
  Trainer trainer(net, MSELoss{}, optimizer);
  for (int epoch = 1; epoch <= 100; ++epoch) train_epoch(trainer, given, {.batch_size = 10});
  return trainer.evaluate(right).loss();
}

int main() {
  const double plain = train({}), clipped = train({.clipping = 0.1});
  std::printf("mean squared error %.4f, with clipping %.4f\n", plain, clipped);
  return clipped < 0.01 && clipped < plain ? 0 : 1;
}
