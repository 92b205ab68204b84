// The network, its kernels and its trainers: the one unit that is compiled for speed.

#include "network.hpp"

#include <algorithm>
#include <cmath>
#include <type_traits>
#include <variant>

#include <ctnn/io/state_dict.hpp>
#include <ctnn/io/training_state.hpp>
#include <ctnn/train.hpp>

#include "engine.hpp"
#include "parameter_files.hpp"

namespace trainer {
namespace {

/// NLLLoss where the network ends in LogSoftmax, else CrossEntropyLoss on its scores.
using Loss = std::conditional_t<std::is_same_v<Net::layer<Net::layer_count - 1>, ctnn::LogSoftmax>,
                                ctnn::NLLLoss, ctnn::CrossEntropyLoss>;

/// One class an optimizer: the state that it keeps is a part of its trainer's type. Forward and
/// backward, which take the compiler's time, are the network's and compiled once.
template <class Optimizer>
class NetworkEngine final : public Engine {
public:
  NetworkEngine(const EngineOptions& options, const Optimizer& optimizer)
      : net_(options.seed), trainer_(net_, Loss{}, optimizer, {.threads = options.threads}) {}

  std::size_t threads() const override { return trainer_.threads(); }
  std::uint64_t steps() const override { return trainer_.steps(); }
  std::uint64_t seed() const override { return trainer_.seed(); }
  void set_lr(double lr) override { trainer_.optimizer.lr = lr; }
  ctnn::Score step(const Samples& samples, std::span<const std::uint32_t> batch) override {
    return trainer_.step(samples, batch);
  }
  ctnn::Score evaluate(const SampleSet& images, std::span<float> outputs) override {
    return trainer_.evaluate(images, outputs);
  }
  void predict(std::size_t images, const float* x, float* outputs) override {
    ctnn::Workspace<Net> workspace;
    net_.predict(images, x, outputs, workspace);
  }
  bool finite() const override {
    return std::ranges::all_of(net_.parameter_block(), [](float w) { return std::isfinite(w); });
  }

  ctnn::LoadResult load_weights(const std::filesystem::path& path,
                                ctnn::LoadOptions options) override {
    return ctnn::load_state_dict(net_, path, options);
  }
  void save_weights(const std::filesystem::path& path, const Metadata& metadata) const override {
    ctnn::save_state_dict(net_, path, metadata);
  }
  void load_state(const ctnn::io::Checkpoint& checkpoint) override {
    ctnn::load_training_state(trainer_, checkpoint);
  }
  void save_state(const std::filesystem::path& path, const Metadata& metadata) override {
    ctnn::save_training_state(trainer_, path, metadata);
  }

private:
  ctnn::Network<Net> net_;
  ctnn::Trainer<Net, Loss, Optimizer> trainer_;
};

} // namespace

const char* const instruction_set = ctnn::simd::instruction_set;

const NetworkFacts& network_facts() {
  static const NetworkFacts facts{
      Net::input_shape,     Net::output_shape.size(),
      Net::parameter_count, ctnn::summary<Net, ctnn::Rows::with_parameters>,
      ctnn::summary<Net>,   ctnn::plan::table<Net>()};
  return facts;
}

std::unique_ptr<Engine> make_engine(const EngineOptions& options) {
  return std::visit(
      [&]<class Optimizer>(const Optimizer& optimizer) -> std::unique_ptr<Engine> {
        return std::make_unique<NetworkEngine<Optimizer>>(options, optimizer);
      },
      options.optimizer);
}

} // namespace trainer
