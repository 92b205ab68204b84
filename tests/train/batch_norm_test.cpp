// Training by the statistics of the batch: PyTorch's numbers, the same bits for any number of threads,
// with and without fusion.
#include <cmath>
#include <cstring>
#include <numeric>
#include <span>
#include <stdexcept>
#include <vector>

#include <ctnn/train.hpp>

#include "support/catch.hpp"
#include "support/pytorch.hpp"

using namespace ctnn;

namespace {

/// With norms behind convolutions, in a branch, behind a linear layer, without affine.
using Net =
    Sequential<Input<3, 6, 8>, Conv2d<4, 3, padding(1), bias(false)>, BatchNorm2d<>, ReLU,
               Residual<Sequential<Conv2d<4, 3, padding(1)>, BatchNorm2d<momentum(0.3)>, SiLU,
                                   Conv2d<4, 3, padding(1)>, BatchNorm2d<affine(false)>>>,
               ReLU, MaxPool2d<2>, Flatten, Linear<10>, BatchNorm1d<eps(1e-3)>, Tanh, Linear<5>>;

template <class T>
struct Samples {
  static constexpr Shape sample_shape = Net::input_shape;
  std::vector<double> x;
  std::vector<double> target;

  std::size_t size() const { return target.size(); }
  void read(std::size_t i, T* to) const {
    for (std::size_t k = 0; k < sample_shape.size(); ++k)
      to[k] = static_cast<T>(x[i * sample_shape.size() + k]);
  }
  std::uint32_t label(std::size_t i) const { return static_cast<std::uint32_t>(target[i]); }
};

template <class T>
Samples<T> samples(const nlohmann::json& file) {
  return {test::numbers(file["x"]), test::numbers(file["target"])};
}

template <class T, class Own = Net>
std::vector<T> trained(std::size_t threads, std::size_t steps, std::size_t batch_size) {
  const auto data = samples<T>(test::reference("batch_norm_net.json"));
  Network<Own, T> net(3);
  Trainer trainer(net, CrossEntropyLoss{}, SGD{.lr = 0.05, .momentum = 0.9},
                  {.threads = threads, .seed = 6});
  std::vector<std::uint32_t> batch(batch_size);
  for (std::uint32_t step = 0; step < steps; ++step) {
    for (std::size_t i = 0; i < batch.size(); ++i)
      batch[i] = static_cast<std::uint32_t>((step + i * 5) % data.size());
    trainer.step(data, batch);
  }
  return {net.parameter_block().begin(), net.parameter_block().end()};
}

template <class T>
bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

} // namespace

TEST_CASE("ten steps go where PyTorch's do, running statistics too") {
  const auto file = test::reference("batch_norm_net.json");
  const auto data = samples<double>(file);
  Network<Net, double> net;
  test::set_parameters(net, file["parameters"]);
  Trainer trainer(
      net, CrossEntropyLoss{},
      SGD{.lr = file["lr"], .momentum = file["momentum"], .weight_decay = file["weight_decay"]},
      {.threads = 2});
  const auto losses = test::numbers(file["losses"]);
  for (std::size_t step = 0; step < losses.size(); ++step) {
    std::vector<std::uint32_t> batch;
    for (const double i : test::numbers(file["batches"][step]))
      batch.push_back(static_cast<std::uint32_t>(i));
    CHECK(trainer.step(data, batch).loss() == Approx(losses[step]).epsilon(1e-9));
  }
  for (std::size_t p = 0; p < net.tensors; ++p) {
    INFO(Net::graph.parameters[p].name.view());
    const auto before = test::numbers(file["parameters"][p]["data"]);
    const auto after = test::numbers(file["parameters_after"][p]["data"]);
    double moved = 0, apart = 0;
    for (std::size_t i = 0; i < after.size(); ++i) {
      moved = std::max(moved, std::abs(after[i] - before[i]));
      apart = std::max(apart, std::abs(after[i] - net.tensor(p)[i]));
    }
    CHECK(moved > 1e-4);
    CHECK(apart <= 1e-9 * moved);
  }
  // What it predicts by the running statistics is PyTorch's too.
  std::vector<double> y(data.size() * 5);
  trainer.evaluate(data, std::span<double>(y));
  CHECK(test::largest_error(y, test::numbers(file["y"])) < 1e-9);
}

TEST_CASE("the bits are the same for any number of threads, fused or not") {
  for (const std::size_t batch_size :
       {11u, 600u}) { // shards of one or two samples, and of two chunks
    CAPTURE(batch_size);
    const auto one = trained<float>(1, 4, batch_size);
    REQUIRE(std::isfinite(std::accumulate(one.begin(), one.end(), 0.f)));
    for (const std::size_t threads : {2u, 3u, 4u, 8u}) {
      CAPTURE(threads);
      CHECK(same_bits(one, trained<float>(threads, 4, batch_size)));
    }
    CHECK(same_bits(one, trained<float, With<Net, fusion(false)>>(2, 4, batch_size)));
  }
}

namespace {

/// Poolings before norms, whose winners are kept for the batch, and a convolution whose output nothing but
/// the way back wants kept.
using Pooled =
    Sequential<Input<3, 6, 8>, Conv2d<4, 3, padding(1)>, MaxPool2d<2>, BatchNorm2d<>, ReLU,
               Conv2d<6, 1>, Tanh, Conv2d<5, 3, padding(1)>, BatchNorm2d<>, Flatten, Linear<5>>;

} // namespace

TEST_CASE("no product is made again for the way back, and what is kept of it is the chunk's own") {
  using Program = plan::TrainingProgram<Pooled, float>;
  constexpr const auto& plan = Program::buffers<plan::Mode::training>;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < Program::size; ++i) {
    if (Program::graph.nodes[i].multiply_adds > 0) CHECK(!plan.runs_again[i]);
    kept += plan.tape_is_stored[i];
  }
  CHECK(kept == 1);
  const auto one = trained<float, Pooled>(1, 4, 600); // shards of two chunks
  for (const std::size_t threads : {2u, 3u})
    CHECK(same_bits(one, trained<float, Pooled>(threads, 4, 600)));
  CHECK(same_bits(one, trained<float, With<Pooled, fusion(false)>>(2, 4, 600)));
}

namespace {

using Ghosts = Sequential<Input<3, 6, 8>, Conv2d<4, 3, bias(false)>, BatchNorm2d<ghost(4)>, ReLU,
                          Flatten, Linear<5>>;
using Whole =
    Sequential<Input<3, 6, 8>, Conv2d<4, 3, bias(false)>, BatchNorm2d<>, ReLU, Flatten, Linear<5>>;

} // namespace

TEST_CASE("groups depend on the batch and their size alone") {
  for (const std::size_t batch_size : {16u, 77u}) { // groups of two samples; of 3 and 4
    CAPTURE(batch_size);
    const auto one = trained<float, Ghosts>(1, 4, batch_size);
    for (const std::size_t threads : {2u, 3u, 8u})
      CHECK(same_bits(one, trained<float, Ghosts>(threads, 4, batch_size)));
    CHECK(same_bits(one, trained<float, With<Ghosts, fusion(false)>>(2, 4, batch_size)));
    CHECK(!same_bits(one, trained<float, Whole>(2, 4, batch_size)));
  }
}

TEST_CASE(
    "a group that is the batch gives what the batch gives, and of some groups the mean counts") {
  const auto data = samples<double>(test::reference("batch_norm_net.json"));
  // All shards hold the same sample: so do all groups, and their statistics are those of the batch.
  const std::vector<std::uint32_t> same(8, 3), other{0, 0, 1, 1, 2, 2, 3, 3};
  Network<Ghosts, double> ghosts(3);
  Network<Whole, double> whole(3);
  Trainer of_ghosts(ghosts, CrossEntropyLoss{}, SGD{.lr = 0.1});
  Trainer of_whole(whole, CrossEntropyLoss{}, SGD{.lr = 0.1});
  for (int step = 0; step < 3; ++step) {
    of_ghosts.step(data, same);
    of_whole.step(data, same);
  }
  for (std::size_t p = 0; p + 3 < ghosts.tensors; ++p) // the running variance: 24 and 192 unbiased
    for (std::size_t i = 0; i < ghosts.tensor(p).size(); ++i)
      CHECK(ghosts.tensor(p)[i] == Approx(whole.tensor(p)[i]).epsilon(1e-9));

  const auto mean_of = [&](std::uint32_t sample) {
    Network<Whole, double> net(3);
    Trainer trainer(net, CrossEntropyLoss{}, SGD{.lr = 0.1});
    trainer.step(data, std::vector<std::uint32_t>{sample});
    return std::vector<double>(net.tensor(4).begin(), net.tensor(4).end());
  };
  REQUIRE(Whole::graph.parameters[4].name == "1.running_var");
  Network<Ghosts, double> mixed(3);
  Trainer trainer(mixed, CrossEntropyLoss{}, SGD{.lr = 0.1});
  trainer.step(data, other);
  for (std::size_t c = 0; c < 4; ++c) {
    double mean = 0;
    for (std::uint32_t sample = 0; sample < 4; ++sample) mean += mean_of(sample)[c] / 4;
    CHECK(mixed.tensor(4)[c] == Approx(mean).epsilon(1e-12));
  }
}

TEST_CASE("inside of Frozen a norm trains by its running statistics, and keeps them") {
  using Half = Sequential<Input<3, 6, 8>, Frozen<Conv2d<4, 3>, BatchNorm2d<>>, ReLU,
                          Conv2d<4, 3, bias(false)>, BatchNorm2d<>, Flatten, Linear<5>>;
  const Network<Half> before(3);
  const auto data = samples<float>(test::reference("batch_norm_net.json"));
  Network<Half> net(3);
  Trainer trainer(net, CrossEntropyLoss{}, SGD{.lr = 0.05}, {.threads = 2});
  train_epoch(trainer, data, {.batch_size = 8});
  for (std::size_t p = 0; p < net.tensors; ++p) {
    const bool frozen = p < 6;
    CAPTURE(Half::graph.parameters[p].name.view());
    CHECK(std::ranges::equal(net.tensor(p), before.tensor(p)) == frozen);
  }
}

TEST_CASE("a batch of one value for each channel has no variance, and moves nothing") {
  const auto data = samples<float>(test::reference("batch_norm_net.json"));
  Network<Net> net(3);
  const Network<Net> before = net.clone();
  Trainer trainer(net, CrossEntropyLoss{}, SGD{.lr = 0.05});
  CHECK_THROWS_WITH(
      trainer.step(data, std::vector<std::uint32_t>{4}),
      "Trainer::step: layer 12 BatchNorm1d wants more than one value for each channel, "
      "and the batch is one sample");
  CHECK(std::ranges::equal(net.parameter_block(), before.parameter_block()));
  CHECK(trainer.steps() == 0);
}

namespace {

/// Samples of which one cannot be read.
struct Torn : Samples<float> {
  void read(std::size_t i, float* to) const {
    if (i == 9) throw std::runtime_error("torn");
    Samples<float>::read(i, to);
  }
};

} // namespace

TEST_CASE("what a data set throws leaves the running statistics as they were") {
  const Torn data{samples<float>(test::reference("batch_norm_net.json"))};
  Network<Net> net(3);
  const Network<Net> before = net.clone();
  Trainer trainer(net, CrossEntropyLoss{}, SGD{.lr = 0.05}, {.threads = 2});
  const std::vector<std::uint32_t> batch{1, 2, 3, 9, 10};
  CHECK_THROWS_WITH(trainer.step(data, batch), "torn");
  CHECK(std::ranges::equal(net.parameter_block(), before.parameter_block()));
}

TEST_CASE("parameters that are assigned between two steps are trained from there") {
  const auto data = samples<float>(test::reference("batch_norm_net.json"));
  std::vector<std::uint32_t> batch(data.size());
  std::iota(batch.begin(), batch.end(), 0u);
  Network<Net> a(3), b(4);
  Trainer of_a(a, CrossEntropyLoss{}, SGD{.lr = 0.05}, {.threads = 2});
  Trainer of_b(b, CrossEntropyLoss{}, SGD{.lr = 0.05}, {.threads = 2});
  of_b.step(data, batch);
  b.modify([&](auto& tensors) {
    for (std::size_t p = 0; p < tensors.size(); ++p)
      std::ranges::copy(a.tensor(p), tensors[p].begin());
  });
  of_a.step(data, batch);
  of_b.step(data, batch);
  CHECK(std::ranges::equal(a.parameter_block(), b.parameter_block()));
}
