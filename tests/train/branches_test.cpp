// Training networks that branch, and networks parts of which are frozen.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include <ctnn/io/training_state.hpp>
#include <ctnn/train.hpp>

#include "support/catch.hpp"

using namespace ctnn;

namespace {

/// Every join, nested, with what fuses inside of branches.
using Net = Sequential<
    Input<2, 8, 8>, Conv2d<8, 3, padding(1)>, ReLU, Residual<Conv2d<8, 3, padding(1)>>, ReLU,
    Sum<Sequential<Conv2d<12, 3, stride(2), padding(1)>, Tanh>, Conv2d<12, 1, stride(2)>>, ReLU,
    Product<Identity, Sequential<AvgPool2d<4>, Conv2d<12, 1>, Sigmoid>>,
    Concat<Identity, Sequential<Conv2d<4, 3, padding(1)>, ReLU>, Residual<Dropout<0.2>>>, Flatten,
    Linear<3>, LogSoftmax>;

template <class N>
struct Images {
  static constexpr Shape sample_shape = N::input_shape;
  std::size_t size() const { return 256; }
  void read(std::size_t i, auto* x) const {
    for (std::size_t k = 0; k < sample_shape.size(); ++k)
      x[k] =
          static_cast<std::remove_pointer_t<decltype(x)>>((i * 7919 + k * 104'729) % 1000) / 500 -
          1;
  }
  std::uint32_t label(std::size_t i) const { return static_cast<std::uint32_t>(i % 3); }
};

template <class Runs>
std::vector<float> weights_after_40_steps(std::size_t threads) {
  const Images<Runs> images;
  Network<Runs> net(2);
  Trainer trainer(net, NLLLoss{}, SGD{.lr = 0.02, .momentum = 0.9},
                  {.threads = threads, .seed = 6});
  std::vector<std::uint32_t> batch(32);
  for (std::uint32_t step = 0; step < 40; ++step) {
    std::iota(batch.begin(), batch.end(), step * 32 % static_cast<std::uint32_t>(images.size()));
    trainer.step(images, batch);
  }
  return {net.parameter_block().begin(), net.parameter_block().end()};
}

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

using Backbone = Frozen<Conv2d<6, 3, padding(1), bias(false)>, BatchNorm2d<>, ReLU, MaxPool2d<2>,
                        Residual<Conv2d<6, 3, padding(1)>, BatchNorm2d<>, ReLU>>;
using Tuned = Sequential<Input<2, 8, 8>, Backbone, Flatten, Named<"fc", Linear<3>>, LogSoftmax>;

} // namespace

TEST_CASE(
    "a network that branches trains to the same bits, fused or not, by any number of threads") {
  const auto one = weights_after_40_steps<Net>(1);
  REQUIRE(std::isfinite(std::accumulate(one.begin(), one.end(), 0.f)));
  const Network<Net> start(2);
  REQUIRE(!std::ranges::equal(one, start.parameter_block()));
  for (const std::size_t threads : {2u, 3u, 8u})
    CHECK(same_bits(weights_after_40_steps<Net>(threads), one));
  CHECK(same_bits(weights_after_40_steps<With<Net, fusion(false)>>(2), one));
}

TEST_CASE("what is frozen stays, and costs nothing on the way back") {
  using Program = plan::Program<Tuned, float>;
  constexpr const auto& graph = Program::graph;
  std::size_t backward = 0;
  for (std::size_t i = 0; i < Program::size; ++i)
    backward += plan::runs_backward(graph, i, plan::Mode::training);
  CHECK(backward == 2); // fc and LogSoftmax, of seven
  CHECK(Program::size == 7);
  // What is trained is the first part of the block; nobody accumulates a gradient by the rest.
  STATIC_REQUIRE(Program::parameters.trained_size < Program::parameters.size);
  STATIC_REQUIRE(Program::parameters.offset[Tuned::graph.parameters.size() - 2] == 0);
  using Head = Sequential<Input<96>, Linear<3>>;
  STATIC_REQUIRE(Program::offsets.gradient_size ==
                 plan::Program<Head, float>::offsets.gradient_size);
  STATIC_REQUIRE(Tuned::trainable_count == 3 * 6 * 16 + 3);

  const Images<Tuned> images;
  Network<Tuned> net(3);
  const Network<Tuned> before = net.clone();
  Trainer trainer(net, NLLLoss{}, Adam{.lr = 0.01}, {.threads = 2});
  std::vector<std::uint32_t> batch(32);
  std::iota(batch.begin(), batch.end(), 0);
  for (int step = 0; step < 5; ++step) trainer.step(images, batch);
  for (std::size_t p = 0; p < net.tensors; ++p) {
    INFO(std::string(Tuned::graph.parameters[p].name.view()));
    const bool moved = !std::ranges::equal(net.tensor(p), before.tensor(p));
    CHECK(moved == Tuned::graph.parameters[p].trained);
    CHECK(trainer.gradient(p).empty() == !Tuned::graph.parameters[p].trained);
    CHECK(trainer.state(0, p).empty() == !Tuned::graph.parameters[p].trained);
  }
}

TEST_CASE("a trained layer between frozen ones gets the gradient that it gets among trained ones") {
  using All = Sequential<Input<2, 8, 8>, Conv2d<5, 3>, ReLU, Conv2d<4, 3>, Tanh, Flatten, Linear<3>,
                         LogSoftmax>;
  using Middle = Sequential<Input<2, 8, 8>, Frozen<Conv2d<5, 3>, ReLU>, Conv2d<4, 3>, Tanh,
                            Frozen<Flatten, Linear<3>>, LogSoftmax>;
  const auto gradients = []<class N>(N) {
    const Images<N> images;
    Network<N> net(4);
    Trainer trainer(net, NLLLoss{}, SGD{}, {.threads = 1});
    const std::vector<std::uint32_t> batch{3, 5, 8, 13, 21};
    trainer.step(images, batch);
    return std::vector<float>(trainer.gradient(2).begin(), trainer.gradient(2).end());
  };
  const auto all = gradients(All{});
  REQUIRE(all.size() == 4 * 5 * 9);
  CHECK(all == gradients(Middle{}));
}

TEST_CASE("a training with frozen layers goes on as if it had not stopped") {
  const auto path = std::filesystem::temp_directory_path() / "ctnn_branches_test.safetensors";
  const Images<Tuned> images;
  std::vector<std::uint32_t> batch(16);
  std::iota(batch.begin(), batch.end(), 7);
  Network<Tuned> net(3), other(9);
  Trainer trainer(net, NLLLoss{}, Adam{.lr = 0.01}, {.threads = 2});
  for (int step = 0; step < 3; ++step) trainer.step(images, batch);
  save_training_state(trainer, path);
  Trainer resumed(other, NLLLoss{}, Adam{.lr = 0.01}, {.threads = 1});
  load_training_state(resumed, path);
  std::filesystem::remove(path);
  for (int step = 0; step < 3; ++step) {
    trainer.step(images, batch);
    resumed.step(images, batch);
  }
  CHECK(std::ranges::equal(net.parameter_block(), other.parameter_block()));
}
