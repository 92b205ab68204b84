// Losses of your own: for wanted numbers, and for classes. What a loss is set to is its members.
#include <cmath>

#include <ctnn/train.hpp>

using namespace ctnn;

/// The pinball loss, which is least where this share of the targets lies below the output.
struct QuantileLoss {
  double quantile = 0.5;

  static constexpr bool class_targets = false;          // but tensors of the output's shape
  static constexpr Sentence check(Shape) { return {}; } // takes outputs of any shape
  Sentence check_members(Shape) const { // asked before each step; leave it out if all will do
    Sentence error;
    if (!(quantile > 0 && quantile < 1)) error << "QuantileLoss: quantile is " << quantile;
    return error;
  }

  /// The sum of n samples' losses, and in dy, where that is wanted, scale times its gradient.
  template <class T>
  double sum(std::size_t n, Shape out, const T* y, const T* targets, double scale, T* dy) const {
    const double weight = 1 / static_cast<double>(out.size());
    double total = 0;
    for (std::size_t i = 0; i < n * out.size(); ++i) {
      const double missing = static_cast<double>(targets[i] - y[i]);
      const double slope = missing > 0 ? -quantile : 1 - quantile;
      total -= weight * slope * missing;
      if (dy != nullptr) dy[i] = static_cast<T>(scale * weight * slope);
    }
    return total;
  }
};

/// The focal loss of Lin et al., 2017: (1 - p)^gamma times the cross-entropy, p being the label's
/// probability, so that samples which are right already count less.
struct FocalLoss {
  double gamma = 2;

  static constexpr bool class_targets = true; // a number below the output's size for each sample
  static constexpr Sentence check(Shape out) { return CrossEntropyLoss::check(out); }

  template <class T>
  double sum(std::size_t n, Shape out, const T* y, const std::uint32_t* labels, double scale,
             T* dy) const {
    const std::size_t classes = out.size();
    const CrossEntropyLoss cross_entropy;
    double total = 0;
    for (std::size_t i = 0; i < n; ++i, y += classes) { // y[sample * classes + k]
      const double missed = cross_entropy.sum<T>(1, out, y, labels + i, 1, nullptr);
      const double p = std::exp(-missed), focus = std::pow(1 - p, gamma);
      total += focus * missed;
      const double slope = focus + gamma * std::pow(1 - p, gamma - 1) * p * missed;
      if (dy != nullptr) cross_entropy.sum(1, out, y, labels + i, scale * slope, dy + i * classes);
    }
    return total;
  }
};

int main() {
  Tensor<float, 2> nothing({100, 1}), percent({100, 1});
  for (std::size_t i = 0; i < 100; ++i) nothing(i, 0) = 0, percent(i, 0) = static_cast<float>(i);
  Network<Sequential<Input<1>, Linear<1>>> line(/*seed=*/1);
  Trainer regression(line, QuantileLoss{.quantile = 0.9}, SGD{.lr = 1});
  const TensorDataset numbers(nothing, percent);
  for (int epoch = 1; epoch <= 2000; ++epoch) train_epoch(regression, numbers);
  const float quantile = line.predict(nothing)(0, 0);

  const Tensor<float, 2> x{{0, 0}, {0, 1}, {1, 0}, {1, 1}};
  const TensorDataset exclusive_or(x, std::vector{0, 1, 1, 0});
  Network<Sequential<Input<2>, Linear<8>, Tanh, Linear<2>>> net(/*seed=*/1);
  Trainer classes(net, FocalLoss{}, Adam{.lr = 0.1});
  for (int epoch = 1; epoch <= 200; ++epoch) train_epoch(classes, exclusive_or);

  const Score learned = classes.evaluate(exclusive_or);
  std::printf("90 %% of the numbers are below %.1f; focal loss %.6f\n", quantile, learned.loss());
  return std::abs(quantile - 89.5) < 1 && learned.loss() < 1e-3 ? 0 : 1;
}
