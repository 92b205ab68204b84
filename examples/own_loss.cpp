// Losses of your own: for wanted numbers, and for classes. What a loss is set to is its members.
#include <algorithm>
#include <cmath>

#include <ctnn/train.hpp>

using namespace ctnn;

/// torch.nn.HuberLoss: quadratic up to delta, linear beyond it; the mean over an output's elements.
struct HuberLoss {
  double delta = 1;

  static constexpr bool class_targets = false;          // but tensors of the output's shape
  static constexpr Sentence check(Shape) { return {}; } // takes outputs of any shape

  /// The sum of n samples' losses, and in dy, where that is wanted, scale times its gradient.
  template <class T>
  double sum(std::size_t n, Shape out, const T* y, const T* targets, double scale, T* dy) const {
    const double weight = 1 / static_cast<double>(out.size());
    double total = 0;
    for (std::size_t i = 0; i < n * out.size(); ++i) {
      const double d = static_cast<double>(y[i] - targets[i]), far = std::abs(d);
      total += weight * (far <= delta ? d * d / 2 : delta * (far - delta / 2));
      if (dy != nullptr) dy[i] = static_cast<T>(scale * weight * std::clamp(d, -delta, delta));
    }
    return total;
  }
};

/// torch.nn.CrossEntropyLoss(label_smoothing=…): a part of the target belongs to all classes alike.
struct SmoothedLoss {
  double smoothing = 0.1;

  static constexpr bool class_targets = true; // a number below the output's size for each sample
  static constexpr Sentence check(Shape out) { return CrossEntropyLoss::check(out); }

  template <class T>
  double sum(std::size_t n, Shape out, const T* y, const std::uint32_t* labels, double scale,
             T* dy) const {
    const std::size_t classes = out.size();
    double total = CrossEntropyLoss::sum(n, out, y, labels, scale, dy);
    for (std::size_t i = 0; i < n * classes; ++i) { // y[sample * classes + k]
      const bool right = i % classes == labels[i / classes];
      const double more = smoothing * (right - 1 / static_cast<double>(classes));
      total += more * static_cast<double>(y[i]);
      if (dy != nullptr) dy[i] += static_cast<T>(scale * more);
    }
    return total;
  }
};

int main() {
  const Tensor<float, 2> x{{0, 0}, {0, 1}, {1, 0}, {1, 1}};

  const TensorDataset sums(x, Tensor<float, 2>{{0}, {1}, {1}, {2}});
  Network<Sequential<Input<2>, Linear<1>>> line(/*seed=*/1);
  Trainer regression(line, HuberLoss{.delta = 0.5}, SGD{.lr = 0.1, .momentum = 0.9});
  for (int epoch = 1; epoch <= 200; ++epoch) train_epoch(regression, sums);

  const TensorDataset exclusive_or(x, std::vector{0, 1, 1, 0});
  Network<Sequential<Input<2>, Linear<8>, Tanh, Linear<2>>> net(/*seed=*/1);
  Trainer classes(net, SmoothedLoss{.smoothing = 0.2}, Adam{.lr = 0.1});
  for (int epoch = 1; epoch <= 200; ++epoch) train_epoch(classes, exclusive_or);

  // The smoothed targets are 0.9 and 0.1: that is where the loss is least, and what is learned.
  const double least = -0.9 * std::log(0.9) - 0.1 * std::log(0.1);
  const double huber = regression.evaluate(sums).loss();
  const double smoothed = classes.evaluate(exclusive_or).loss();
  std::printf("Huber: %.6f; smoothed: %.4f, of at least %.4f\n", huber, smoothed, least);
  return huber < 1e-6 && smoothed < least + 1e-3 ? 0 : 1;
}
