// Samples that count unequally: the mean is over what they weigh, for any number of threads.
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <vector>

#include <ctnn/train.hpp>

#include "io/files.hpp"
#include "support/catch.hpp"

using namespace ctnn;

namespace {

using Scores = Sequential<Input<4>, Linear<6>, Tanh, Linear<3>>;
using LogProbabilities = Sequential<Input<4>, Linear<6>, Tanh, Linear<3>, LogSoftmax>;

/// Sample i, with one label or another.
struct Points {
  static constexpr Shape sample_shape{4};
  std::vector<int> labels;
  std::vector<std::size_t> numbers = {}; ///< of the samples, or none where they are 0, 1, 2, …

  std::size_t size() const { return labels.size(); }
  void read(std::size_t i, float* x) const {
    const std::size_t number = numbers.empty() ? i : numbers[i];
    for (std::size_t k = 0; k < 4; ++k) x[k] = std::sin(static_cast<float>(number * 4 + k));
  }
  int label(std::size_t i) const { return labels[i]; }
};

std::vector<std::uint32_t> all(const Points& data) {
  std::vector<std::uint32_t> batch(data.size());
  std::iota(batch.begin(), batch.end(), 0u);
  return batch;
}

struct Stepped {
  Score score;
  std::vector<float> gradients, weights;
};

/// One step on all samples at once.
template <class Net, class L>
Stepped step(const Points& data, const L& loss, std::size_t threads = 2) {
  Network<Net> net(5);
  Trainer trainer(net, loss, SGD{.lr = 0.1}, {.threads = threads});
  Stepped stepped{trainer.step(data, all(data)), {}, {}};
  for (std::size_t p = 0; p < net.tensors; ++p)
    for (const float g : trainer.gradient(p)) stepped.gradients.push_back(g);
  stepped.weights.assign(net.parameter_block().begin(), net.parameter_block().end());
  return stepped;
}

void are_near(const std::vector<float>& found, const std::vector<float>& expected) {
  REQUIRE(found.size() == expected.size());
  for (std::size_t i = 0; i < found.size(); ++i)
    CHECK(found[i] == Approx(expected[i]).margin(1e-6));
}

const Points points{{0, 1, 2, 2, 1, 0, 1, 1, 0, 2, 1}};

} // namespace

TEMPLATE_TEST_CASE("a sample of weight 3 counts as three samples, and one of weight 0 as none", "",
                   CrossEntropyLoss, NLLLoss) {
  using Net = std::conditional_t<std::is_same_v<TestType, NLLLoss>, LogProbabilities, Scores>;
  const std::vector<double> weight{0, 1, 3};
  Points counted;
  for (std::size_t i = 0; i < points.size(); ++i)
    for (int times = 0; times < weight[static_cast<std::size_t>(points.labels[i])]; ++times) {
      counted.labels.push_back(points.labels[i]);
      counted.numbers.push_back(i);
    }
  const Stepped once = step<Net>(points, TestType{.weight = weight});
  const Stepped expected = step<Net>(counted, TestType{});
  CHECK(once.score.weight_sum == static_cast<double>(counted.size()));
  CHECK(once.score.samples == points.size());
  CHECK(once.score.loss() == Approx(expected.score.loss()));
  are_near(once.gradients, expected.gradients);
}

TEST_CASE("an ignored sample is as if it were not there") {
  const Points some{{0, -100, 2, 2, -100, -100, 1}}, rest{{0, 2, 2, 1}, {0, 2, 3, 6}};
  const CrossEntropyLoss loss{.ignore_index = -100, .label_smoothing = 0.1};
  const Stepped ignoring = step<Scores>(some, loss), without = step<Scores>(rest, loss);
  CHECK(ignoring.score.ignored == 3);
  CHECK(ignoring.score.correct == without.score.correct);
  CHECK(ignoring.score.accuracy() == without.score.accuracy());
  CHECK(ignoring.score.loss() == Approx(without.score.loss()));
  are_near(ignoring.gradients, without.gradients);

  Network<Scores> net(5);
  Trainer trainer(net, loss, SGD{});
  const Score evaluated = trainer.evaluate(some);
  CHECK(evaluated.loss() == Approx(without.score.loss()));
  CHECK(evaluated.accuracy() == without.score.accuracy());
}

TEST_CASE("an ignored label may be one of the classes") {
  const Stepped ignoring = step<LogProbabilities>(points, NLLLoss{.ignore_index = 1});
  const Stepped weighed = step<LogProbabilities>(points, NLLLoss{.weight = {1, 0, 1}});
  CHECK(ignoring.score.ignored == 5);
  CHECK(weighed.score.ignored == 0);
  CHECK(ignoring.score.loss() == Approx(weighed.score.loss()));
  CHECK(ignoring.gradients == weighed.gradients);
}

TEST_CASE("a batch of which nothing counts moves nothing") {
  const Network<Scores> start(5);
  for (const CrossEntropyLoss& loss :
       {CrossEntropyLoss{.ignore_index = 2}, CrossEntropyLoss{.weight = {1, 1, 0}}}) {
    const Stepped stepped = step<Scores>(Points{{2, 2, 2}}, loss);
    CHECK(std::isnan(stepped.score.loss()));
    CHECK(stepped.weights ==
          std::vector<float>(start.parameter_block().begin(), start.parameter_block().end()));
  }
}

TEST_CASE("weighted means have the same bits for any number of threads, and with fusion off") {
  const NLLLoss loss{.weight = {0.3, 1.7, 0.9}, .ignore_index = -1};
  const Points some{{0, 1, 2, -1, 1, 0, 1, -1, 0, 2, 1, 2, 2, 2, 0, 1, 0}};
  const Stepped one = step<LogProbabilities>(some, loss, 1);
  for (const std::size_t threads : {2u, 3u, 8u})
    CHECK(step<LogProbabilities>(some, loss, threads).weights == one.weights);
  const Stepped apart = step<With<LogProbabilities, fusion(false)>>(some, loss);
  CHECK(apart.weights == one.weights);
  CHECK(apart.score.loss_sum == one.score.loss_sum);
}

TEST_CASE("scores of weighted and of plain batches add up") {
  Score sum{.loss_sum = 3, .samples = 2};
  sum += Score{.loss_sum = 4, .correct = 1, .samples = 3, .ignored = 1, .weight_sum = 5};
  CHECK(sum.loss() == 1);
  CHECK(sum.accuracy() == 0.25);
}

TEST_CASE("labels and weights that do not fit are refused, and nothing has changed") {
  Network<Scores> net(5);
  Trainer trainer(net, CrossEntropyLoss{.ignore_index = -1}, SGD{}, {.threads = 2});
  const auto stepping = [&](const Points& data) {
    return test::error_of([&] { trainer.step(data, all(data)); });
  };
  auto error = stepping({{0, -1, -2}});
  CHECK(error.code == ErrorCode::bad_data);
  CHECK(error.message == "label -2 of sample 2 is not one of the network's 3 classes");
  trainer.loss.weight = {1, 2};
  for (const bool training : {true, false}) {
    error = training ? stepping(points) : test::error_of([&] { trainer.evaluate(points); });
    CHECK(error.code == ErrorCode::bad_argument);
    CHECK(error.message == "CrossEntropyLoss: weight has 2 numbers, the network 3 classes");
  }
  CHECK(trainer.steps() == 0);
  trainer.loss.weight = {1, 2, 3};
  CHECK(stepping(points).message.empty());
  CHECK(trainer.steps() == 1);
}
