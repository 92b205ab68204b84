#include <cstring>
#include <numeric>
#include <stdexcept>
#include <vector>

#include <ctnn/train.hpp>

#include "support/catch.hpp"
#include "support/pytorch.hpp"

using namespace ctnn;

namespace {

using Small = Sequential<Input<1, 10, 10>, Conv2d<4, 3>, ReLU, Conv2d<6, 3>, MaxPool2d<2>, ReLU,
                         Flatten, Linear<5>, LogSoftmax>;

TensorDataset<double, 4> dataset(const nlohmann::json& file) {
  const auto x = test::numbers(file["x"]);
  auto inputs =
      detail::batch_tensor<double, Small::input_shape>(x.size() / Small::input_shape.size());
  for (std::size_t i = 0; i < x.size(); ++i) inputs.data()[i] = x[i];
  std::vector<std::uint32_t> labels;
  for (const double label : test::numbers(file["target"]))
    labels.push_back(static_cast<std::uint32_t>(label));
  return {std::move(inputs), std::move(labels)};
}

std::vector<std::uint32_t> all_of(std::size_t size) {
  std::vector<std::uint32_t> batch(size);
  std::iota(batch.begin(), batch.end(), 0u);
  return batch;
}

void trains_as_pytorch(double tolerance) {
  const auto file = test::reference("small_net.json");
  const auto data = dataset(file);
  Network<Small, double> net;
  test::set_parameters(net, file["parameters"]);
  Trainer trainer(net, NLLLoss{}, SGD{.lr = file["lr"], .momentum = file["momentum"]},
                  {.threads = 2});
  const auto losses = test::numbers(file["losses"]);
  const auto copy = [](std::span<const double> values) {
    return std::vector<double>(values.begin(), values.end());
  };
  for (std::size_t step = 0; step < losses.size(); ++step) {
    CHECK(trainer.step(data, all_of(data.size())).loss() ==
          Approx(losses[step]).epsilon(tolerance));
    for (std::size_t p = 0; step == 0 && p < net.tensors; ++p)
      CHECK(test::largest_error(copy(trainer.gradient(p)),
                                test::numbers(file["gradients"][p]["data"])) <= tolerance);
  }
  for (std::size_t p = 0; p < net.tensors; ++p)
    CHECK(test::largest_error(copy(net.tensor(p)),
                              test::numbers(file["parameters_after"][p]["data"])) <= tolerance);
}

/// Inputs of every value, labels of every class.
struct Synthetic {
  static constexpr Shape sample_shape = Small::input_shape;
  std::size_t count;
  std::size_t size() const { return count; }
  void read(std::size_t i, float* x) const {
    for (std::size_t k = 0; k < 100; ++k)
      x[k] = static_cast<float>((i * 7919 + k * 104'729) % 1000) / 500.f - 1.f;
  }
  std::uint32_t label(std::size_t i) const { return static_cast<std::uint32_t>(i % 5); }
};

using WithDropout = Sequential<Input<1, 10, 10>, Conv2d<7, 3>, ReLU, Dropout<0.2>, MaxPool2d<2>,
                               Flatten, Linear<5>, LogSoftmax>;

template <class Optimizer>
std::vector<float> weights_after(std::size_t threads, const Optimizer& optimizer,
                                 std::size_t batch_size) {
  Network<WithDropout> net(5);
  Trainer trainer(net, NLLLoss{}, optimizer, {.threads = threads, .seed = 9});
  for (std::uint32_t epoch = 0; epoch < 3; ++epoch)
    train_epoch(trainer, Synthetic{301}, {.batch_size = batch_size, .seed = 9, .epoch = epoch});
  const auto block = net.parameter_block();
  return {block.begin(), block.end()};
}

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

} // namespace

TEST_CASE("five steps of SGD with momentum are PyTorch's") {
  trains_as_pytorch(1e-8); // in float: seed_network_test.cpp
}

TEST_CASE("weights are bit-identical for any number of threads") {
  const SGD sgd{.lr = 0.05, .momentum = 0.9, .weight_decay = 1e-3, .nesterov = true};
  const auto one = weights_after(1, sgd, 64);
  for (const std::size_t threads : {2u, 3u, 8u})
    CHECK(same_bits(weights_after(threads, sgd, 64), one));
  CHECK(!same_bits(weights_after(1, sgd, 63), one));
  CHECK(same_bits(weights_after(1, AdamW{}, 50), weights_after(4, AdamW{}, 50)));
}

namespace {

/// SGD that halves its gradients, keeps what it saw, and refuses a step when it is told to.
struct Halving : SGD {
  bool refuses = false;
  std::vector<float> weights = {}, gradients = {};

  void before_update(const auto& w, const auto& g) {
    if (refuses) throw std::runtime_error("refused");
    weights.clear(), gradients.clear();
    for (std::size_t p = 0; p < w.size(); ++p) {
      weights.insert(weights.end(), w[p].begin(), w[p].end());
      for (float& value : g[p]) gradients.push_back(value *= 0.5f);
    }
  }
};

std::vector<float> elements_of(const Network<WithDropout>& net) {
  std::vector<float> all;
  for (std::size_t p = 0; p < net.tensors; ++p)
    all.insert(all.end(), net.tensor(p).begin(), net.tensor(p).end());
  return all;
}

} // namespace

TEST_CASE("an optimizer sees all weights and gradients before its updates, and may change these") {
  const SGD sgd{.lr = 0.05, .momentum = 0.9};
  SGD half = sgd;
  half.lr /= 2; // exact: the same bits, as long as there is no weight decay
  for (const std::size_t threads : {1u, 3u})
    CHECK(same_bits(weights_after(threads, Halving{sgd}, 64), weights_after(1, half, 64)));

  Network<WithDropout> net(5);
  Trainer trainer(net, NLLLoss{}, Halving{sgd}, {.threads = 2});
  const std::vector<float> before = elements_of(net);
  trainer.step(Synthetic{20}, all_of(20));
  CHECK(same_bits(trainer.optimizer.weights, before));
  std::vector<float> left;
  for (std::size_t p = 0; p < net.tensors; ++p)
    left.insert(left.end(), trainer.gradient(p).begin(), trainer.gradient(p).end());
  CHECK(same_bits(trainer.optimizer.gradients, left));

  const std::vector<float> after = elements_of(net);
  CHECK(!same_bits(after, before));
  trainer.optimizer.refuses = true;
  CHECK_THROWS_AS(trainer.step(Synthetic{20}, all_of(20)), std::runtime_error);
  CHECK(same_bits(elements_of(net), after));
  CHECK(trainer.steps() == 1);
}

TEST_CASE("a batch smaller than the shards and the last smaller batch are weighted right") {
  const auto file = test::reference("small_net.json");
  const auto data = dataset(file);
  const auto loss_of = [&](std::size_t batch_size) {
    Network<Small, double> net;
    test::set_parameters(net, file["parameters"]);
    Trainer trainer(net, NLLLoss{}, SGD{.lr = 0}); // the weights stay: only the mean is compared
    return train_epoch(trainer, data, {.batch_size = batch_size}).loss();
  };
  const double all = loss_of(4);
  CHECK(all == Approx(test::numbers(file["losses"])[0]));
  CHECK(loss_of(3) == Approx(all)); // 3 + 1
  CHECK(loss_of(1) == Approx(all));
}

TEST_CASE("evaluation counts every sample once and leaves the weights alone") {
  Network<WithDropout> net(5);
  const std::vector<float> before(net.parameter_block().begin(), net.parameter_block().end());
  Trainer trainer(net, NLLLoss{}, SGD{}, {.threads = 2});
  const Score score = trainer.evaluate(Synthetic{301});
  CHECK(score.samples == 301);
  const Score again = trainer.evaluate(Synthetic{301});
  CHECK(again.loss_sum == score.loss_sum); // and dropout is off
  CHECK(same_bits({net.parameter_block().begin(), net.parameter_block().end()}, before));
}

TEST_CASE("a label outside of the classes is refused") {
  struct Wrong : Synthetic {
    std::uint32_t label(std::size_t) const { return 5; }
  };
  Network<WithDropout> net;
  Trainer trainer(net, NLLLoss{}, SGD{});
  CHECK_THROWS_AS(trainer.evaluate(Wrong{{10}}), Error);
}

TEST_CASE("an epoch visits every sample once in an order of its own") {
  const auto sorted = [](std::vector<std::uint32_t> order) {
    std::sort(order.begin(), order.end());
    return order;
  };
  const auto first = detail::epoch_order(1000, {.seed = 1, .epoch = 1});
  CHECK(sorted(first) == all_of(1000));
  CHECK(first == detail::epoch_order(1000, {.seed = 1, .epoch = 1}));
  CHECK(first != detail::epoch_order(1000, {.seed = 1, .epoch = 2}));
  CHECK(first != detail::epoch_order(1000, {.seed = 2, .epoch = 1}));
  CHECK(detail::epoch_order(1000, {.shuffle = false}) == all_of(1000));
}

TEST_CASE("a network regresses with MSELoss") {
  using Line = Sequential<Input<1>, Linear<1>>;
  auto x = Tensor<float, 2>::from_shape({32, 1}), y = x;
  for (std::size_t i = 0; i < 32; ++i) {
    x(i, 0) = static_cast<float>(i) / 16 - 1;
    y(i, 0) = 3 * x(i, 0) - 2;
  }
  const TensorDataset<float, 2, 2> data(x, y);
  Network<Line> net;
  Trainer trainer(net, MSELoss{}, Adam{.lr = 0.1});
  for (std::uint32_t epoch = 0; epoch < 300; ++epoch)
    train_epoch(trainer, data, {.batch_size = 32, .epoch = epoch});
  CHECK(net.parameter<"0.weight">()(0, 0) == Approx(3).epsilon(1e-3));
  CHECK(net.parameter<"0.bias">()(0) == Approx(-2).epsilon(1e-3));
}
