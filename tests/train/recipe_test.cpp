// Parameter groups, clipping and the average of the weights, alone and together: PyTorch's numbers, the
// same bits for any number of threads.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include <ctnn/train.hpp>

#include "support/catch.hpp"
#include "support/pytorch.hpp"

using namespace ctnn;

namespace {

using Small = Sequential<Input<1, 6, 6>, Conv2d<4, 3>, GroupNorm<2>, Tanh, Flatten, Linear<6>, Tanh,
                         Linear<5>, LogSoftmax>;

/// The one batch of the reference file.
template <class T>
TensorDataset<T, 4> samples_of(const nlohmann::json& file) {
  const auto x = test::numbers(file["x"]);
  auto inputs = detail::batch_tensor<T, Small::input_shape>(x.size() / Small::input_shape.size());
  for (std::size_t i = 0; i < x.size(); ++i) inputs.data()[i] = static_cast<T>(x[i]);
  std::vector<std::uint32_t> labels;
  for (const double label : test::numbers(file["target"]))
    labels.push_back(static_cast<std::uint32_t>(label));
  return {std::move(inputs), std::move(labels)};
}

std::vector<std::uint32_t> first(std::uint32_t size) {
  std::vector<std::uint32_t> batch(size);
  std::iota(batch.begin(), batch.end(), 0u);
  return batch;
}

template <class Net, class T>
void has_parameters(const Network<Net, T>& net, const nlohmann::json& expected, double tolerance) {
  REQUIRE(expected.size() == net.tensors);
  for (std::size_t p = 0; p < net.tensors; ++p) {
    INFO(expected[p]["name"]);
    CHECK(test::largest_error(std::vector<T>(net.tensor(p).begin(), net.tensor(p).end()),
                              test::numbers(expected[p]["data"])) <= tolerance);
  }
}

/// Twenty steps, with set(trainer, step) before each and see(trainer, step) after it.
template <class T, class Optimizer, class Set, class See>
void trains_as_pytorch(const char* name, const Optimizer& optimizer, Set&& set, See&& see) {
  constexpr double tolerance = sizeof(T) == 4 ? 2e-5 : 2e-9; // the file has ten digits
  INFO(name << (sizeof(T) == 4 ? " in float" : " in double"));
  const auto file = test::reference("recipe.json");
  const auto data = samples_of<T>(file);
  Network<Small, T> net;
  test::set_parameters(net, file["parameters"]);
  Trainer trainer(net, NLLLoss{}, optimizer, {.threads = 2});
  has_parameters(averaged_network(trainer), file["parameters"], 0);
  const auto losses = test::numbers(file[name]["losses"]);
  REQUIRE(losses.size() == 20);
  for (std::size_t step = 0; step < losses.size(); ++step) {
    set(trainer, step);
    CHECK(trainer.step(data, first(4)).loss() == Approx(losses[step]).epsilon(tolerance));
    see(trainer, step);
  }
  has_parameters(net, file[name]["parameters_after"], tolerance);
  has_parameters(averaged_network(trainer), file[name]["averages"], tolerance);
}

template <class T>
void sgd_as_pytorch() {
  const auto norms = test::numbers(test::reference("recipe.json")["SGD"]["norms"]);
  const SequentialLR schedule{LinearLR{.lr = 0.1, .start_factor = 0.1, .total_iters = 5}, 5,
                              CosineAnnealingLR{.lr = 0.1, .T_max = 15}};
  const SGD sgd{.momentum = 0.9, .weight_decay = 0.05, .nesterov = true};
  const ParameterGroups groups{sgd, Group<BiasesAndNorms>{.weight_decay = 0},
                               Group<ByName<"6.*">>{.lr_scale = 5}};
  trains_as_pytorch<T>(
      "SGD", EMA{ClipGradNorm{groups, 0.5}, 0.9},
      [&](auto& trainer, std::size_t step) { trainer.optimizer.lr = schedule.lr_at(step); },
      [&](auto& trainer, std::size_t step) {
        CHECK(trainer.optimizer.total_norm ==
              Approx(norms.at(step)).epsilon(sizeof(T) == 4 ? 2e-5 : 2e-9));
      });
}

template <class T>
void adamw_as_pytorch() {
  const auto nothing = [](auto&, std::size_t) {};
  const AdamW adamw{.lr = 0.01, .weight_decay = 0.1};
  const Group<BiasesAndNorms> vectors{.weight_decay = 0};
  const Group<ByName<"6.weight">> last{.lr_scale = 0.1, .weight_decay = 0.5};
  // In whatever order one is made of another.
  trains_as_pytorch<T>("AdamW",
                       EMA{ClipGradValue{ParameterGroups{adamw, vectors, last}, 0.02}, 0.8},
                       nothing, nothing);
  trains_as_pytorch<T>("AdamW",
                       ParameterGroups{ClipGradValue{EMA{adamw, 0.8}, 0.02}, vectors, last},
                       nothing, nothing);
}

template <class T>
void muon_as_pytorch() {
  const auto nothing = [](auto&, std::size_t) {};
  const Muon<ByName<"6.*">> muon{
      .lr = 0.02, .momentum = 0.9, .adamw_lr_scale = 0.25, .beta2 = 0.95};
  trains_as_pytorch<T>("Muon", EMA{muon, 0.8}, nothing, nothing);
  const Muon<ByName<"6.*">> like_adamw{.lr = 0.01,
                                       .weight_decay = 0.05,
                                       .momentum = 0.9,
                                       .nesterov = false,
                                       .match_rms_adamw = true,
                                       .beta2 = 0.95};
  trains_as_pytorch<T>("Muon_rms", EMA{like_adamw, 0.8}, nothing, nothing);
}

/// Tensors of more than a stretch, some of what is frozen between them.
using Wide = Sequential<Input<1, 10, 10>, Conv2d<8, 3>, GroupNorm<2>, ReLU, Dropout<0.1>,
                        Frozen<Conv2d<8, 1>>, Flatten, Linear<40>, PReLU<>, Linear<5>, LogSoftmax>;
static_assert(Wide::parameter<"6.weight">().shape.size() > 16 * 1024);

struct Images {
  static constexpr Shape sample_shape = Wide::input_shape;
  std::size_t size() const { return 120; }
  void read(std::size_t i, float* x) const {
    for (std::size_t k = 0; k < 100; ++k)
      x[k] = static_cast<float>((i * 7919 + k * 104'729) % 1000) / 500.f - 1.f;
  }
  std::uint32_t label(std::size_t i) const { return static_cast<std::uint32_t>(i % 5); }
};

/// All parameters, and then their averages if there are such.
template <class Optimizer>
std::vector<float> trained(const Optimizer& optimizer, std::size_t threads) {
  Network<Wide> net(3);
  Trainer trainer(net, NLLLoss{}, optimizer, {.threads = threads});
  for (std::uint32_t epoch = 0; epoch < 2; ++epoch)
    train_epoch(trainer, Images{}, {.batch_size = 25, .epoch = epoch});
  std::vector<float> all;
  const auto append = [&](const Network<Wide>& of) {
    for (std::size_t p = 0; p < of.tensors; ++p)
      all.insert(all.end(), of.tensor(p).begin(), of.tensor(p).end());
  };
  append(net);
  if constexpr (requires { optimizer.decay; }) append(averaged_network(trainer));
  return all;
}

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

const SGD sgd{.lr = 0.05, .momentum = 0.9, .weight_decay = 0.01};

} // namespace

TEST_CASE("groups, warm-up, clipping by norm and the average are PyTorch's") {
  sgd_as_pytorch<double>();
  sgd_as_pytorch<float>();
}

TEST_CASE("groups, clipping by value and the average are PyTorch's") {
  adamw_as_pytorch<double>();
  adamw_as_pytorch<float>();
}

TEST_CASE("matrices by Muon and the rest by AdamW are PyTorch's") {
  muon_as_pytorch<double>();
  muon_as_pytorch<float>();
}

TEST_CASE("a whole recipe ends in the same bits for any number of threads") {
  const EMA recipe{ClipGradNorm{ParameterGroups{sgd, Group<BiasesAndNorms>{.weight_decay = 0},
                                                Group<ByName<"6.*", "*.bias">>{.lr_scale = 2}},
                                0.5},
                   0.9};
  const auto one = trained(recipe, 1);
  for (const std::size_t threads : {2u, 3u, 8u}) CHECK(same_bits(trained(recipe, threads), one));
  auto other = recipe;
  other.groups[1].lr_scale = 3;
  CHECK(!same_bits(trained(other, 1), one));

  const EMA muon{ParameterGroups{ClipGradNorm{Muon<ByName<"8.*">>{.lr = 0.02}, 1.0},
                                 Group<BiasesAndNorms>{.weight_decay = 0}},
                 0.9};
  const auto of_muon = trained(muon, 1);
  for (const std::size_t threads : {2u, 3u, 8u}) CHECK(same_bits(trained(muon, threads), of_muon));
  CHECK(!same_bits(trained(EMA{ClipGradNorm{Muon<ByName<"8.*">>{.lr = 0.02}, 1.0}, 0.9}, 1),
                   of_muon));
}

TEST_CASE("groups of groups are of both") {
  using Weights = ByName<"*.weight">;
  const auto with = [](double scale) {
    return ParameterGroups{sgd, Group<Weights>{.lr_scale = scale}};
  };
  const ParameterGroups twice{with(4), Group<Weights>{.lr_scale = 0.5}};
  CHECK(same_bits(trained(twice, 2), trained(with(2), 2)));
}

TEST_CASE("groups that say nothing, wide bounds and the average change no bit of the weights") {
  const auto plain = trained(sgd, 2);
  CHECK(same_bits(trained(ParameterGroups{sgd}, 2), plain));
  CHECK(same_bits(trained(ParameterGroups{sgd, Group<ByName<"*.weight">>{}}, 2), plain));
  CHECK(same_bits(trained(ClipGradNorm{sgd, 1e9}, 2), plain));
  CHECK(same_bits(trained(ClipGradValue{sgd, 1e9}, 2), plain));
  auto averaged = trained(EMA{sgd}, 2);
  averaged.resize(plain.size());
  CHECK(same_bits(averaged, plain));
  CHECK(!same_bits(trained(ClipGradValue{sgd, 1e-3}, 2), plain));
}

TEST_CASE("the averaged network is of its own, and what is frozen in it is as it is") {
  Network<Wide> net(3);
  Trainer trainer(net, NLLLoss{}, EMA{sgd, 0.5}, {.threads = 2});
  train_epoch(trainer, Images{}, {.batch_size = 30});
  Network<Wide> averaged = averaged_network(trainer);
  CHECK(!(averaged.parameter<"0.weight">() == net.parameter<"0.weight">()));
  CHECK((averaged.parameter<"4.weight">() == net.parameter<"4.weight">()));

  // Evaluated by the same trainer, in the place of what is trained.
  const double loss = trainer.evaluate(Images{}).loss();
  std::swap(net, averaged);
  CHECK(trainer.evaluate(Images{}).loss() != loss);
  std::swap(net, averaged);
  CHECK(trainer.evaluate(Images{}).loss() == loss);
}

TEST_CASE("an average begins with the weights after the first step") {
  Network<Wide> net(3);
  Trainer trainer(net, NLLLoss{}, EMA{sgd}, {.threads = 1});
  trainer.step(Images{}, first(20));
  CHECK((averaged_network(trainer).parameter<"6.weight">() == net.parameter<"6.weight">()));
}

namespace {

/// Notes that it was asked, and what it saw.
struct Watching : SGD {
  double largest = -1;
  void before_update(const auto&, const auto& gradients) {
    largest = 0;
    for (const auto& gradient : gradients)
      for (const float g : gradient) largest = std::max<double>(largest, std::abs(g));
  }
};

} // namespace

TEST_CASE("an optimizer that looks at gradients sees those that are clipped") {
  Network<Wide> net(3);
  Trainer trainer(net, NLLLoss{}, EMA{ClipGradValue{Watching{sgd}, 1e-4}}, {.threads = 1});
  trainer.step(Images{}, first(20));
  CHECK(trainer.optimizer.largest == double(1e-4f));
}

TEST_CASE("gradients that are no numbers stay so when they are clipped") {
  const auto clipped = [](auto optimizer) {
    std::vector<float> g{1, std::numeric_limits<float>::quiet_NaN(), -3};
    const std::array<std::span<const float>, 1> weights{};
    const std::array<std::span<float>, 1> gradients{g};
    optimizer.before_update(weights, gradients);
    return g;
  };
  for (const float g : clipped(ClipGradNorm{SGD{}, 1.0})) CHECK(std::isnan(g));
  const auto by_value = clipped(ClipGradValue{SGD{}, 2.0});
  CHECK(by_value[0] == 1);
  CHECK(std::isnan(by_value[1]));
  CHECK(by_value[2] == -2);
}

TEST_CASE("names are told by patterns") {
  using detail::matches;
  STATIC_REQUIRE(matches("fc.weight", "fc.weight"));
  STATIC_REQUIRE(matches("*", "fc.weight"));
  STATIC_REQUIRE(matches("fc.*", "fc.weight"));
  STATIC_REQUIRE(matches("*.bias", "layer1.0.bias"));
  STATIC_REQUIRE(matches("layer*.conv*.weight", "layer1.0.conv2.weight"));
  STATIC_REQUIRE(!matches("fc", "fc.weight"));
  STATIC_REQUIRE(!matches("*.bias", "fc.bias2"));
  STATIC_REQUIRE(!matches("fc.*", "afc.weight"));
}

namespace {

struct Plain {
  double lr = 0.1;
  static constexpr std::array<StringView, 0> state_names{};
  void update(std::uint64_t, std::size_t, float*, const float*, std::array<float*, 0>) const {}
};

/// Says more than it does.
struct Forgetful : SGD {
  static constexpr bool by_parameter = true;
};

} // namespace

TEST_CASE("a selector that selects nothing says so") {
  using detail::trainer_error;
  STATIC_REQUIRE(
      trainer_error<Wide, NLLLoss, ParameterGroups<SGD, ByName<"8.*", "7.weigth">>, float> ==
      "ByName: no parameter is named 7.weigth; the nearest is 7.weight");
  STATIC_REQUIRE(trainer_error<Wide, NLLLoss, EMA<ParameterGroups<SGD, ByName<"4.*">>>, float> ==
                 "ByName: nothing is trained of what is named 4.*");
  STATIC_REQUIRE(
      trainer_error<Wide, NLLLoss, ParameterGroups<SGD, ByName<"*">, BiasesAndNorms>, float> ==
      "ParameterGroups: group 1 of BiasesAndNorms has no parameter that is trained and in no group "
      "before it");
  STATIC_REQUIRE(trainer_error<Wide, NLLLoss, EMA<EMA<SGD>>, float> ==
                 "EMA is not an optimizer: two of its state_names are average");
  STATIC_REQUIRE(trainer_error<Wide, NLLLoss, ParameterGroups<Plain>, float> ==
                 "Plain has no double weight_decay that ParameterGroups could set");
  STATIC_REQUIRE(trainer_error<Wide, NLLLoss, EMA<Muon<ByName<"9.*">>>, float> ==
                 "ByName: no parameter is named 9.*; the nearest is 0.bias");
  STATIC_REQUIRE(
      trainer_error<Wide, NLLLoss, Forgetful, float> ==
      "Forgetful is not an optimizer: it lacks template <class T> void update(step, count, "
      "T* w, const T* g, const std::array<T*, N>& state, const auto& parameter) const");
}
