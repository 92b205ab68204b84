// Samples of two: their values and their targets say the same, which a data set shows whose sample i is i
// everywhere and of class i.

#include <cmath>
#include <numeric>
#include <vector>

#include <ctnn/data/mixup.hpp>
#include <ctnn/train.hpp>

#include "support/catch.hpp"

using namespace ctnn;

namespace {

constexpr std::size_t classes = 7;

struct Numbers {
  static constexpr Shape sample_shape{2, 6, 5};
  std::size_t size() const { return classes; }
  void read(std::size_t i, auto* x) const { std::fill_n(x, sample_shape.size(), i); }
  std::size_t label(std::size_t i) const { return i; }
};

/// Of class i if pixel i is lit.
struct Spots {
  static constexpr Shape sample_shape{1, 1, classes};
  std::size_t size() const { return classes; }
  void read(std::size_t i, auto* x) const {
    for (std::size_t k = 0; k < classes; ++k) x[k] = k == i;
  }
  std::size_t label(std::size_t i) const { return i; }
};

/// A sample as it is seen: the mean of each channel, the class that its shares are on average, and their sum.
struct Seen {
  double first, second, target, sum;
};
template <class Data>
Seen see(const Data& data, std::size_t i) {
  std::vector<double> x(data.sample_shape().size()), y(classes, -1);
  data.read(i, x.data());
  data.read_target(i, y.data());
  const auto middle = x.begin() + 30;
  double target = 0;
  for (std::size_t k = 0; k < classes; ++k) target += static_cast<double>(k) * y[k];
  return {std::accumulate(x.begin(), middle, 0.0) / 30, std::accumulate(middle, x.end(), 0.0) / 30,
          target, std::accumulate(y.begin(), y.end(), 0.0)};
}

/// What is seen of many samples: their targets, by which partners and shares are told.
template <class Data>
std::vector<double> check_samples(MixOptions options) {
  const Numbers numbers;
  std::vector<double> targets;
  for (options.epoch = 0; options.epoch < 300; ++options.epoch) {
    const Data mixed(numbers, options);
    for (std::size_t i = 0; i < mixed.size(); ++i) {
      const Seen seen = see(mixed, i);
      CHECK(seen.first == Approx(seen.target).margin(1e-12));
      CHECK(seen.second == Approx(seen.target).margin(1e-12));
      CHECK(seen.sum == Approx(1));
      targets.push_back(seen.target);
    }
  }
  return targets;
}

double variance(const std::vector<double>& values) {
  const double n = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double sum = 0;
  for (const double value : values) sum += (value - mean) * (value - mean);
  return sum / n;
}

} // namespace

TEST_CASE("Mixup adds two samples, and their classes") {
  // With a share s of Beta(a, a), E s^2 = (a + 1) / (4a + 2), and numbers i and j both uniform, of variance 4:
  // the variance of s i + (1 - s) j is 4 (2 E s^2 - 2 E s + 1) = 8 E s^2.
  for (const double alpha : {0.2, 1.0, 4.0}) {
    CAPTURE(alpha);
    const auto targets = check_samples<Mixup<Numbers>>({.classes = classes, .alpha = alpha});
    CHECK(variance(targets) == Approx(8 * (alpha + 1) / (4 * alpha + 2)).epsilon(0.1));
  }
}

TEST_CASE("CutMix takes a rectangle of another one, and its share of the classes") {
  const auto targets = check_samples<CutMix<Numbers>>({.classes = classes});
  CHECK(variance(targets) > 2);
  CHECK(variance(targets) < 4);
}

TEST_CASE("what is mixed is a function of seed, epoch and sample") {
  const Numbers numbers;
  const auto target = [&](MixOptions options, std::size_t i) {
    return see(Mixup(numbers, options), i).target;
  };
  CHECK(target({.classes = classes, .seed = 3, .epoch = 2}, 1) ==
        target({.classes = classes, .seed = 3, .epoch = 2}, 1));
  CHECK(target({.classes = classes, .seed = 3, .epoch = 2}, 1) !=
        target({.classes = classes, .seed = 3, .epoch = 3}, 1));
  CHECK(target({.classes = classes, .seed = 3, .epoch = 2}, 1) !=
        target({.classes = classes, .seed = 4, .epoch = 2}, 1));
}

TEST_CASE("a network learns from mixed samples what classes they are made of") {
  using Net = Sequential<Input<1, 1, classes>, Flatten, Linear<classes>, LogSoftmax>;
  const Spots spots;
  Network<Net> net(1);
  Trainer trainer(net, KLDivLoss{}, Adam{.lr = 0.05}, {.threads = 2});
  for (std::uint32_t epoch = 0; epoch < 200; ++epoch)
    train_epoch(trainer, Mixup(spots, {.classes = classes, .alpha = 0.3, .epoch = epoch}),
                {.epoch = epoch});
  std::vector<float> x(classes), y(classes);
  Workspace<Net> workspace;
  for (std::size_t i = 0; i < classes; ++i) {
    spots.read(i, x.data());
    net.predict(1, x.data(), y.data(), workspace);
    CHECK(std::max_element(y.begin(), y.end()) - y.begin() == static_cast<std::ptrdiff_t>(i));
  }
}

TEST_CASE("what cannot be mixed is one sentence") {
  const Numbers numbers;
  using Catch::Matchers::Message;
  CHECK_THROWS_MATCHES(Mixup(numbers, {.classes = classes, .alpha = 0}), Error,
                       Message("Mixup: alpha must be positive, got 0"));
  const TensorDataset rows(Tensor<float, 2>({2, 3}), std::vector{0, 9});
  CHECK_THROWS_MATCHES(CutMix(rows, {.classes = classes}), Error,
                       Message("CutMix: samples are 3, not images {C, H, W}"));
  std::vector<float> y(classes);
  CHECK_THROWS_MATCHES(Mixup(rows, {.classes = classes}).read_target(1, y.data()), Error,
                       Message("label 9 of sample 1 is not one of the network's 7 classes"));
}
