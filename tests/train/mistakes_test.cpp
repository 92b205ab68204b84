// What is handed to a trainer or network and does not fit is one line, before a sample is read, and
// nothing has changed then.
#include <array>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <xtensor/xarray.hpp>
#include <xtensor/xbuilder.hpp>

#include <ctnn/train.hpp>

#include "kernels/exact_buffer.hpp"
#include "support/catch.hpp"

using namespace ctnn;
using Catch::Matchers::Contains;

namespace {

using Net = Sequential<Input<1, 9, 9>, Flatten, Linear<3>, LogSoftmax>;
using Line = Sequential<Input<2>, Linear<3>>;

template <class F>
Error error_of(F&& f) {
  try {
    f();
  } catch (const Error& error) {
    return error;
  }
  FAIL("nothing was thrown");
  throw 0;
}

/// Images of any shape. To read one is a failure of the test.
struct Unreadable {
  Shape shape;
  std::size_t count = 4;

  std::size_t size() const { return count; }
  Shape sample_shape() const { return shape; }
  void read(std::size_t, float*) const { throw std::logic_error("a sample was read"); }
  int label(std::size_t) const { return 0; }
};

/// Reads sample 33 only when it may.
struct Failing {
  const bool* fails;
  static constexpr Shape sample_shape = Net::input_shape;
  std::size_t size() const { return 40; }
  void read(std::size_t i, float* x) const {
    if (*fails && i == 33) throw std::runtime_error("the disk is gone");
    for (std::size_t k = 0; k < 81; ++k) x[k] = static_cast<float>((i * 7 + k * 5) % 11) / 11;
  }
  std::uint32_t label(std::size_t i) const { return static_cast<std::uint32_t>(i % 3); }
};

/// Writes down in which order it is read.
struct Recorded {
  std::vector<std::size_t>* order;
  static constexpr Shape sample_shape{2};
  static constexpr Shape target_shape{3};
  std::size_t size() const { return 24; }
  void read(std::size_t i, float* x) const {
    order->push_back(i);
    x[0] = x[1] = 0;
  }
  void read_target(std::size_t, float* y) const { y[0] = y[1] = y[2] = 0; }
};

/// torch.nn.HuberLoss
struct Huber {
  double delta = 1;
  static constexpr bool class_targets = false;
  static constexpr Sentence check(Shape) { return {}; }
  template <class T>
  double sum(std::size_t n, Shape out, const T* y, const T* targets, double scale, T* dy) const {
    double total = 0;
    for (std::size_t i = 0; i < n * out.size(); ++i) {
      const double d = double(y[i]) - double(targets[i]);
      total += std::abs(d) < delta ? d * d / 2 : delta * (std::abs(d) - delta / 2);
      if (dy != nullptr) dy[i] = static_cast<T>(scale * std::clamp(d, -delta, delta));
    }
    return total;
  }
};

Tensor<float, 4> batch(std::size_t samples) {
  auto x = Tensor<float, 4>::from_shape({samples, 1, 9, 9});
  for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = std::cos(static_cast<float>(i));
  return x;
}

std::vector<float> weights(const auto& net) {
  const auto block = net.parameter_block();
  return {block.begin(), block.end()};
}

} // namespace

TEST_CASE("samples of another shape are refused before one is read") {
  Network<Net> net;
  Trainer trainer(net, NLLLoss{}, SGD{}, {.threads = 2});
  const std::string larger = "the data set gives 1x50x50, the network takes 1x9x9";
  const auto tensors =
      TensorDataset(Tensor<float, 4>::from_shape({4, 1, 50, 50}), std::vector<int>{0, 1, 2, 0});
  CHECK(error_of([&] { trainer.evaluate(tensors); }).what() == larger);
  CHECK(error_of([&] { train_epoch(trainer, tensors); }).what() == larger);
  for (const Shape shape : {Shape{1, 8, 9}, Shape{81}, Shape{3, 9, 9}, Shape{1, 1, 9, 9}}) {
    const Error error = error_of([&] { train_epoch(trainer, Unreadable{shape}); });
    CHECK(error.code == ErrorCode::bad_data);
    CHECK_THAT(error.what(), Contains("the network takes 1x9x9"));
    CHECK_THROWS_AS(trainer.evaluate(Unreadable{shape}), Error);
    const Subset part(tensors, {2, 0});
    CHECK(error_of([&] { trainer.evaluate(part); }).what() == larger);
  }
  CHECK_THROWS_AS(trainer.evaluate(Unreadable{{1, 9, 9}}), std::logic_error);
}

TEST_CASE("targets of another shape are refused") {
  Network<Line> net;
  Trainer trainer(net, MSELoss{}, SGD{}, {.threads = 1});
  const auto x = Tensor<float, 2>::from_shape({4, 2});
  const auto error_with = [&](auto targets) {
    return std::string(error_of([&] { trainer.evaluate(TensorDataset(x, targets)); }).what());
  };
  CHECK(error_with(Tensor<float, 2>::from_shape({4, 3000})) ==
        "the data set gives targets of 3000, the network has outputs of 3");
  CHECK(error_with(Tensor<float, 1>::from_shape({4})) ==
        "the data set gives targets of 1, the network has outputs of 3");
  CHECK(error_with(Tensor<float, 3>::from_shape({4, 3, 1})) ==
        "the data set gives targets of 3x1, the network has outputs of 3");
}

TEST_CASE("a label that is no class is told as it is") {
  Network<Net> net;
  Trainer trainer(net, NLLLoss{}, SGD{}, {.threads = 1});
  const Tensor<float, 4> x = xt::zeros<float>({2, 1, 9, 9});
  const auto told = [&](auto label) {
    const TensorDataset data(x, std::vector{decltype(label){}, label});
    return std::string(error_of([&] { train_epoch(trainer, data); }).what());
  };
  CHECK(told(-1) == "label -1 of sample 1 is not one of the network's 3 classes");
  CHECK(told(std::uint8_t{3}) == "label 3 of sample 1 is not one of the network's 3 classes");
  CHECK_THAT(told(std::int64_t{1} << 40), Contains("label 1099511627776 of"));
}

TEST_CASE("a sample past the end, an empty batch and an empty data set are refused") {
  Network<Net> net;
  Trainer trainer(net, NLLLoss{}, SGD{}, {.threads = 1});
  const Unreadable four{{1, 9, 9}};
  const std::array<std::uint32_t, 3> batch{3, 4, 0};
  CHECK(error_of([&] { trainer.step(four, batch); }).what() ==
        std::string("Trainer::step: sample 4 of a data set of 4"));
  CHECK_THROWS_AS(trainer.step(four, std::span<const std::uint32_t>()), Error);
  const Unreadable none{{1, 9, 9}, 0};
  CHECK_THAT(error_of([&] { train_epoch(trainer, none); }).what(), Contains("is empty"));
  CHECK_THAT(error_of([&] { trainer.evaluate(none); }).what(), Contains("is empty"));
  CHECK_THAT(error_of([&] { train_epoch(trainer, four, {.batch_size = 0}); }).what(),
             Contains("batch_size"));
}

TEST_CASE("outputs of another size are refused, and a tensor gets its size") {
  Network<Net> net;
  Trainer trainer(net, NLLLoss{}, SGD{}, {.threads = 1});
  const Tensor<float, 4> x = xt::ones<float>({2, 1, 9, 9});
  const TensorDataset data(x, std::vector{1, 2});
  std::vector<float> room(7);
  CHECK(error_of([&] { trainer.evaluate(data, std::span(room)); }).what() ==
        std::string("Trainer::evaluate: room for 7 outputs, but 2 samples have 6"));
  Tensor<float, 2> outputs;
  const Score score = trainer.evaluate(data, outputs);
  CHECK((outputs == net.predict(x)));
  CHECK(confusion_matrix(outputs, data).accuracy() == score.accuracy());
  CHECK(topk_accuracy(outputs, data, 3) == 1);
}

TEST_CASE("predict takes what has the shape of a batch and nothing else") {
  Network<Net> net;
  const auto told = [&](const auto& x) {
    return std::string(error_of([&] { net.predict(x); }).what());
  };
  CHECK(told(Tensor<float, 3>::from_shape({1, 9, 9})) ==
        "predict: x has shape 1x9x9, expected samples x 1x9x9");
  CHECK(told(Tensor<float, 5>::from_shape({2, 1, 9, 9, 1})) ==
        "predict: x has shape 2x1x9x9x1, expected samples x 1x9x9");
  const Tensor<float, 4> x = batch(3);
  const xt::xarray<float> dynamic = x;
  CHECK((net.predict(dynamic) == net.predict(x)));
  CHECK((net.predict(2 * x - x) == net.predict(x)));
}

TEST_CASE("what a data set throws leaves the trainer as it was") {
  using Dropping = Sequential<Input<1, 9, 9>, Dropout<0.5>, Flatten, Linear<3>, LogSoftmax>;
  const auto run = [](bool fails) {
    Network<Dropping> net(4);
    Trainer trainer(net, NLLLoss{}, Adam{}, {.threads = 2});
    const Failing data{&fails};
    std::vector<std::uint32_t> batch(40);
    for (std::uint32_t i = 0; i < 40; ++i) batch[i] = i;
    for (int attempt = 0; attempt < 3; ++attempt) {
      if (fails) CHECK_THROWS_AS(trainer.step(data, batch), std::runtime_error);
      const bool was = std::exchange(fails, false);
      trainer.step(data, batch);
      fails = was;
    }
    CHECK(trainer.steps() == 3);
    return weights(net);
  };
  CHECK(run(true) == run(false));
}

TEST_CASE("a loss that is not finite ends the epoch, an accuracy without classes is refused") {
  const Tensor<float, 2> x = 1e30f * xt::ones<float>({8, 2});
  const Tensor<float, 2> y = xt::zeros<float>({8, 3});
  const TensorDataset data(x, y);
  Network<Line> net(1);
  Trainer trainer(net, MSELoss{}, SGD{.lr = 10}, {.threads = 1});
  const Error error = error_of([&] {
    for (int i = 0; i < 20; ++i) train_epoch(trainer, data, {.batch_size = 4});
  });
  CHECK(error.code == ErrorCode::diverged);
  CHECK_THAT(error.what(), Contains("train_epoch: the loss of step "));
  CHECK_THROWS_AS(trainer.evaluate(data).accuracy(), Error);
  Score sum;
  sum += trainer.evaluate(data);
  CHECK_THROWS_AS(sum.accuracy(), Error);
}

TEST_CASE("epochs without a number have orders of their own, and one seed decides all") {
  const auto orders = [](std::uint64_t seed, TrainerOptions options) {
    std::array<std::vector<std::size_t>, 3> result;
    Network<Line> net(seed);
    Trainer trainer(net, MSELoss{}, SGD{}, options);
    for (auto& order : result) train_epoch(trainer, Recorded{&order}, {.batch_size = 7});
    return result;
  };
  const auto first = orders(5, {.threads = 1});
  CHECK(first[0] != first[1]);
  CHECK(first[1] != first[2]);
  CHECK(first == orders(5, {.threads = 1}));
  CHECK(first == orders(6, {.threads = 1, .seed = 5}));
  CHECK(first != orders(6, {.threads = 1}));

  // An epoch that was left after 14 samples goes on with the others, without knowing its number.
  std::vector<std::size_t> rest;
  Network<Line> net(5);
  Trainer trainer(net, MSELoss{}, SGD{}, {.threads = 1});
  trainer.set_steps(4 + 2);
  train_epoch(trainer, Recorded{&rest},
              {.batch_size = 7, .done = {.samples = 14, .classes = false}});
  CHECK(std::vector(first[1].begin() + 14, first[1].end()) == rest);
}

TEST_CASE("a loss may have state") {
  Network<Line> net;
  net.modify([](auto& tensors) {
    for (auto& tensor : tensors) std::fill(tensor.begin(), tensor.end(), 0.f);
  });
  const TensorDataset data(Tensor<float, 2>(xt::zeros<float>({1, 2})),
                           Tensor<float, 2>(5 * xt::ones<float>({1, 3})));
  Trainer trainer(net, Huber{.delta = 2}, SGD{.lr = 0}, {.threads = 1});
  CHECK(trainer.evaluate(data).loss() == 3 * 2 * (5 - 1.0));
  train_epoch(trainer, data);
  CHECK(trainer.gradient(1)[0] == -2);
  trainer.loss.delta = 10;
  CHECK(trainer.evaluate(data).loss() == 3 * 12.5);
}

TEST_CASE("a subset gives the samples of its numbers, and a random split each to one part") {
  const Tensor<float, 2> x = xt::arange<float>(20).reshape({10, 2});
  std::vector<std::uint32_t> labels(10);
  for (std::uint32_t i = 0; i < 10; ++i) labels[i] = i;
  const TensorDataset data(x, labels);
  const Subset some(data, {7, 7, 0});
  CHECK(some.size() == 3);
  float sample[2];
  some.read(0, sample);
  CHECK(sample[0] == 14);
  CHECK(some.label(2) == 0);
  CHECK(error_of([&] {
          Subset(data, {1, 10});
        }).what() == std::string("Subset: sample 10 of a data set of 10"));

  const auto [train, validation] = random_split(data, {7, 3}, 5);
  std::vector<std::uint32_t> all(train.indices().begin(), train.indices().end());
  all.insert(all.end(), validation.indices().begin(), validation.indices().end());
  CHECK(all != labels);
  CHECK(all.size() == 10);
  std::sort(all.begin(), all.end());
  CHECK(all == labels);
  const auto again = random_split(data, {7, 3}, 5), other = random_split(data, {7, 3}, 6);
  CHECK(std::ranges::equal(again[1].indices(), validation.indices()));
  CHECK(!std::ranges::equal(other[0].indices(), train.indices()));
  CHECK(error_of([&] {
          random_split(data, {7, 2});
        }).what() == std::string("random_split: lengths of 9 in all, of a data set of 10"));
}

TEST_CASE("a clone is a network of its own, and can be taken back") {
  Network<Net> net(3);
  const Network<Net> best = net.clone();
  const Tensor<float, 4> x = batch(2);
  const Tensor<float, 2> y = net.predict(x);
  net.initialize(9);
  CHECK(weights(net) != weights(best));
  CHECK((best.predict(x) == y));
  net = best.clone();
  CHECK((net.predict(x) == y));
  CHECK(net.seed() == 3);
}
