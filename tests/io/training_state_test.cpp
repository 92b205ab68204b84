// A training that goes on from a file is the same, bit for bit, as one that never stopped.

#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include <ctnn/io/training_state.hpp>
#include <ctnn/train.hpp>

#include "io/files.hpp"
#include "support/catch.hpp"

using namespace ctnn;

namespace {

using Net = Sequential<Input<1, 6, 6>, Conv2d<3, 3>, BatchNorm2d<>, ReLU, Dropout<0.3>, Flatten,
                       Linear<4>, LogSoftmax>;
using Other = Sequential<Input<1, 6, 6>, Flatten, Linear<4>, LogSoftmax>;

struct Samples {
  static constexpr Shape sample_shape = Net::input_shape;
  std::size_t size() const { return 50; }
  std::uint32_t label(std::size_t i) const { return static_cast<std::uint32_t>(i % 4); }
  void read(std::size_t i, float* x) const {
    for (std::size_t k = 0; k < 36; ++k)
      x[k] = static_cast<float>((i * 7919 + k * 104'729) % 1000) / 500.f - 1.f;
  }
};

template <class Network>
std::vector<float> weights(const Network& net) {
  const auto block = net.parameter_block();
  return {block.begin(), block.end()};
}

/// SGD that has no momentum buffer if it has no momentum.
struct Sparing : SGD {
  StringView state_name(std::size_t block) const { return momentum > 0 ? state_names[block] : ""; }
};

template <class Optimizer>
void goes_on(const Optimizer& optimizer) {
  const test::temporary_folder folder;
  const EpochOptions first{.batch_size = 8}; // what the order is of, the trainer knows
  EpochOptions second = first;
  const auto path = folder / "state";
  constexpr std::size_t stop_after = 2; // steps of the second epoch

  Network<Net> net(5);
  Trainer trainer(net, NLLLoss{}, optimizer, {.threads = 2});
  train_epoch(trainer, Samples{}, first);
  std::size_t steps = 0;
  const Score whole =
      train_epoch(trainer, Samples{}, second, [&](const Score&, const Score& so_far) {
        if (++steps != stop_after) return;
        save_training_state(trainer, path, {{"mine", "x"}});
        second.done = so_far;
      });

  Network<Net> other(6);
  Trainer again(other, NLLLoss{}, optimizer, {.threads = 1});
  const io::Checkpoint checkpoint = io::read_checkpoint(path);
  load_training_state(again, checkpoint);
  const auto& metadata = checkpoint.file.metadata;
  CHECK(metadata.at("mine") == "x");
  CHECK(metadata.at("ctnn.steps") == "9");
  CHECK(again.steps() == 9);
  CHECK(again.seed() == 5);
  const Score rest = train_epoch(again, Samples{}, second);
  CHECK(again.steps() == trainer.steps());
  CHECK(rest.samples == whole.samples);
  CHECK(rest.correct == whole.correct);
  CHECK(rest.loss_sum == whole.loss_sum);
  CHECK(weights(other) == weights(net));
  if constexpr (requires { optimizer.decay; }) {
    CHECK(weights(averaged_network(again)) == weights(averaged_network(trainer)));
    CHECK(weights(averaged_network(again)) != weights(net));
  }
}

} // namespace

TEST_CASE("a training goes on in the middle of an epoch as if it had never stopped") {
  goes_on(SGD{.lr = 0.1, .momentum = 0.9, .weight_decay = 0.01, .nesterov = true});
  goes_on(Adam{.lr = 0.01});
  goes_on(AdamW{.lr = 0.01});
  goes_on(NAdam{.lr = 0.01});
  goes_on(RMSprop{.lr = 0.01, .momentum = 0.9, .centered = true});
  goes_on(Lion{.lr = 0.001});
  goes_on(EMA{Muon{.lr = 0.01}, 0.9});
  const ParameterGroups groups{SGD{.lr = 0.1, .momentum = 0.9, .weight_decay = 0.01},
                               Group<ByName<"*.bias">>{.lr_scale = 2, .weight_decay = 0}};
  goes_on(EMA{ClipGradNorm{groups, 0.5}, 0.9});
  goes_on(EMA{Sparing{{.lr = 0.1}}, 0.9});
}

TEST_CASE("what an optimizer says that it does not use is neither there nor in the file") {
  const test::temporary_folder folder;
  const std::vector<std::uint32_t> batch{0, 1, 2};
  const auto names_of = [&](const auto& optimizer, std::vector<float>& trained) {
    Network<Net> net(5);
    Trainer trainer(net, NLLLoss{}, optimizer, {.threads = 1});
    for (int step = 0; step < 3; ++step) trainer.step(Samples{}, batch);
    save_training_state(trainer, folder / "state");
    trained = weights(averaged_network(trainer));
    CHECK(trainer.state(1, 0).size() == net.template parameter<"0.weight">().size());
    std::vector<std::string> names;
    for (const auto& tensor : io::read_checkpoint(folder / "state").file.tensors)
      if (tensor.name.starts_with("optimizer.")) names.push_back(tensor.name);
    return std::pair(names.size(), trainer.state(0, 0).size());
  };
  std::vector<float> spared, plain;
  constexpr std::size_t trained = 6; // parameters
  CHECK(names_of(EMA{Sparing{{.lr = 0.1}}, 0.9}, spared) == std::pair(trained, std::size_t{0}));
  CHECK(names_of(EMA{SGD{.lr = 0.1}, 0.9}, plain) == std::pair(2 * trained, std::size_t{27}));
  CHECK(spared == plain);
  CHECK(names_of(EMA{Sparing{{.lr = 0.1, .momentum = 0.5}}, 0.9}, spared).first == 2 * trained);
  CHECK(spared != plain);
}

TEST_CASE("a state of anything else changes nothing and says what differs") {
  const test::temporary_folder folder;
  Network<Net> net(5);
  Trainer trainer(net, NLLLoss{}, SGD{}, {.threads = 1});
  const std::vector<std::uint32_t> batch{0, 1, 2};
  trainer.step(Samples{}, batch);
  const auto before = weights(net);
  const auto error = [&](const char* name) {
    return test::error_of([&] { load_training_state(trainer, folder / name); });
  };

  save_state_dict(net, folder / "weights");
  CHECK(error("weights").message.ends_with(
      "holds no training state: no ctnn.steps in its __metadata__"));
  for (const char* steps : {"", "-1", "1.5", "1 ", "99999999999999999999"}) {
    save_state_dict(net, folder / "steps", {{"ctnn.steps", steps}, {"ctnn.seed", "1"}});
    CHECK(error("steps").message.ends_with("ctnn.steps: expected a whole number, found \"" +
                                           std::string(steps) + '"'));
  }
  save_state_dict(net, folder / "no_momentum", {{"ctnn.steps", "1"}, {"ctnn.seed", "1"}});
  CHECK(error("no_momentum")
            .message.find(
                "missing optimizer.momentum_buffer.0.weight, optimizer.momentum_buffer.0.bias") !=
        std::string::npos);
  Network<Other> other_net(1);
  Trainer other(other_net, NLLLoss{}, SGD{}, {.threads = 1});
  save_training_state(other, folder / "other");
  CHECK(error("other").message.find("does not match the network") != std::string::npos);
  for (const char* name : {"weights", "steps", "no_momentum", "other"})
    CHECK(error(name).code == ErrorCode::bad_checkpoint);

  CHECK(weights(net) == before);
  CHECK(trainer.steps() == 1);
}

TEST_CASE("weights of another network are taken by name when strict is false") {
  const test::temporary_folder folder;
  using Head = Sequential<Input<1, 6, 6>, Named<"stem", Conv2d<3, 3>>, ReLU, Flatten,
                          Named<"head", Linear<4>>, LogSoftmax>;
  using Larger = Sequential<Input<1, 6, 6>, Named<"stem", Conv2d<3, 3>>, ReLU, Flatten,
                            Named<"new", Linear<7>>, LogSoftmax>;
  Network<Head> from(1);
  save_state_dict(from, folder / "from", {{"k", "v"}});
  Network<Larger> to(2), untouched(2);

  const auto strict = test::error_of([&] { load_state_dict(to, folder / "from"); });
  CHECK(strict.code == ErrorCode::bad_checkpoint);
  CHECK(weights(to) == weights(untouched));

  const LoadResult loaded = load_state_dict(to, folder / "from", {.strict = false});
  CHECK(loaded.metadata.at("k") == "v");
  CHECK(loaded.missing == std::vector<std::string>{"new.weight", "new.bias"});
  CHECK(loaded.unexpected == std::vector<std::string>{"head.bias", "head.weight"});
  CHECK(xt::all(xt::equal(to.parameter<"stem.weight">(), from.parameter<"stem.weight">())));
  CHECK(xt::all(xt::equal(to.parameter<"new.weight">(), untouched.parameter<"new.weight">())));

  using Wider = Sequential<Input<1, 6, 6>, Named<"stem", Conv2d<5, 3>>, Flatten, Linear<4>>;
  Network<Wider> wider(1);
  const auto mismatch =
      test::error_of([&] { load_state_dict(wider, folder / "from", {.strict = false}); });
  CHECK(mismatch.message.find("size mismatch for stem.weight") != std::string::npos);
  Network<Other> nothing(1); // no name in common
  CHECK(test::error_of([&] {
          load_state_dict(nothing, folder / "from", {.strict = false});
        }).code == ErrorCode::bad_checkpoint);
}
