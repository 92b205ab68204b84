// The network, its kernels and its trainers: the one unit that is compiled for speed.

#include "network.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

#include <ctnn/io/state_dict.hpp>
#include <ctnn/io/training_state.hpp>
#include <ctnn/train.hpp>

#include "engine.hpp"
#include "parameter_files.hpp"

namespace trainer {

constexpr bool LastMatrix::selects(const ctnn::detail::ParameterNode& parameter) {
  const auto& all = Net::graph.parameters;
  std::size_t last = all.size();
  for (std::size_t p = 0; p < all.size(); ++p)
    if (all[p].shape.rank >= 2) last = p;
  return last < all.size() && all[last].name.view() == parameter.name.view();
}

namespace {

/// NLLLoss, but with label_smoothing CrossEntropyLoss, for which log-probabilities are scores like others.
struct SmoothedNLLLoss : ctnn::NLLLoss {
  double label_smoothing = 0;

  template <class T>
  double sum(std::size_t n, ctnn::Shape out, const T* y, const std::uint32_t* labels, double scale,
             T* dy) const {
    if (label_smoothing == 0) return NLLLoss::sum(n, out, y, labels, scale, dy);
    return smoothed().sum(n, out, y, labels, scale, dy);
  }
  /// Its gradient by the input of LogSoftmax is that by the output: both have the same softmax.
  template <class T>
  double fused_sum(std::size_t n, ctnn::Shape out, const T* y, const std::uint32_t* labels,
                   double scale, T* dx) const {
    if (label_smoothing == 0) return NLLLoss::fused_sum(n, out, y, labels, scale, dx);
    return smoothed().sum(n, out, y, labels, scale, dx);
  }

private:
  ctnn::CrossEntropyLoss smoothed() const { return {.label_smoothing = label_smoothing}; }
};

/// That where the network ends in LogSoftmax, else CrossEntropyLoss on its scores.
using Loss = std::conditional_t<std::is_same_v<Net::layer<Net::layer_count - 1>, ctnn::LogSoftmax>,
                                SmoothedNLLLoss, ctnn::CrossEntropyLoss>;

/// An optimizer that does nothing: what the library puts around optimizers is put around this one, where
/// only a run knows whether it is wanted.
struct Idle {
  static constexpr std::array<ctnn::StringView, 0> state_names{};
  void update(const auto&...) const {}
};

/// One of several optimizers and what goes with any, which only a run knows: each type of an optimizer
/// makes a trainer of its own, and of all that may go together there would be dozens.
template <class... Optimizers>
struct AnyOf {
  std::variant<Optimizers...> chosen;
  StepOptions options;
  double lr;
  std::optional<double> momentum = {}; ///< if it is cycled

  /// Those of an optimizer with the most, which stand for any other's, and the average's.
  static constexpr auto state_names = [] {
    constexpr std::size_t most = std::max({Optimizers::state_names.size()...});
    std::array<ctnn::StringView, most + 1> names;
    const auto take = [&](const auto& own) {
      if (own.size() == most) std::ranges::copy(own, names.begin());
    };
    (take(Optimizers::state_names), ...);
    names.back() = ctnn::detail::average_name;
    return names;
  }();
  static constexpr bool by_parameter = true;

  ctnn::StringView state_name(std::size_t block) const {
    if (block + 1 == state_names.size())
      return options.ema > 0 ? state_names.back() : ctnn::StringView();
    return std::visit(
        [block]<class O>(const O&) {
          return block < O::state_names.size() ? O::state_names[block] : ctnn::StringView();
        },
        chosen);
  }

  template <class T>
    requires(ctnn::detail::ByWholeParameter<Optimizers, T> || ...)
  static constexpr std::size_t scratch_size(const ctnn::detail::ParameterNode& parameter) {
    return std::max({Optimizers::template scratch_size<T>(parameter)...});
  }

  void before_update(const auto& weights, const auto& gradients) const {
    if (options.clip_grad_value > 0)
      ctnn::ClipGradValue{Idle{}, options.clip_grad_value}.before_update(weights, gradients);
    if (options.clip_grad_norm > 0)
      ctnn::ClipGradNorm{Idle{}, options.clip_grad_norm}.before_update(weights, gradients);
  }

  template <class T>
  void update(std::uint64_t step, std::size_t count, T* w, const T* g,
              const std::array<T*, state_names.size()>& state,
              const ctnn::detail::ParameterNode& parameter, const auto&... scratch) const {
    const auto update_by = [&]<class O>(O own) {
      own.lr = lr;
      if (momentum) cycled(own) = *momentum;
      if (!options.norm_weight_decay && ctnn::BiasesAndNorms::selects(parameter))
        own.weight_decay = 0;
      std::array<T*, O::state_names.size()> blocks;
      std::copy_n(state.begin(), blocks.size(), blocks.begin());
      if constexpr (ctnn::detail::ByParameter<O>)
        own.update(step, count, w, g, blocks, parameter, scratch...);
      else
        own.update(step, count, w, g, blocks);
    };
    std::visit(update_by, chosen);
    if (options.ema > 0)
      ctnn::EMA{Idle{}, options.ema}.update(step, count, w, g, std::array{state.back()});
  }

private:
  static double& cycled(auto& optimizer) {
    if constexpr (requires { optimizer.momentum; })
      return optimizer.momentum;
    else
      return optimizer.beta1;
  }
};

using Elementwise =
    AnyOf<ctnn::SGD, ctnn::Adam, ctnn::AdamW, ctnn::RMSprop, ctnn::NAdam, ctnn::Lion>;

/// One class for the optimizers that take a parameter in parts, one for Muon. Forward and backward, which
/// take the compiler's time, are the network's and compiled once.
template <class Optimizer>
class NetworkEngine final : public Engine {
public:
  NetworkEngine(const EngineOptions& options, const Optimizer& optimizer)
      : net_(options.seed), trainer_(net_, Loss{}, optimizer, {.threads = options.threads}),
        label_smoothing_(options.label_smoothing) {}

  std::size_t threads() const override { return trainer_.threads(); }
  std::uint64_t steps() const override { return trainer_.steps(); }
  std::uint64_t seed() const override { return trainer_.seed(); }
  void set_lr(double lr) override { trainer_.optimizer.lr = lr; }
  void set_momentum(double momentum) override { trainer_.optimizer.momentum = momentum; }
  ctnn::Score step(const Samples& samples, std::span<const std::uint32_t> batch) override {
    trainer_.loss.label_smoothing = label_smoothing_;
    return trainer_.step(samples, batch);
  }
  ctnn::Score evaluate(const SampleSet& images, std::span<float> outputs) override {
    return with_saved_weights([&] { return score(images, outputs); });
  }
  double trained_loss(const SampleSet& images) override { return score(images).loss(); }
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
  void save_weights(const std::filesystem::path& path, const Metadata& metadata) override {
    with_saved_weights([&] { ctnn::save_state_dict(net_, path, metadata); });
  }
  void load_state(const ctnn::io::Checkpoint& checkpoint) override {
    ctnn::load_training_state(trainer_, checkpoint);
  }
  void save_state(const std::filesystem::path& path, const Metadata& metadata) override {
    ctnn::save_training_state(trainer_, path, metadata);
  }

private:
  ctnn::Score score(const SampleSet& images, std::span<float> outputs = {}) {
    trainer_.loss.label_smoothing = 0;
    return trainer_.evaluate(images, outputs);
  }

  /// Calls f while the network has its average, if there is one.
  template <class F>
  auto with_saved_weights(F&& f) {
    if (trainer_.optimizer.options.ema == 0) return f();
    struct Swap {
      ctnn::Network<Net>& net;
      ctnn::Network<Net> other;
      explicit Swap(ctnn::Trainer<Net, Loss, Optimizer>& trainer)
          : net(trainer.network()), other(ctnn::averaged_network(trainer)) {
        std::swap(net, other);
      }
      Swap(const Swap&) = delete;
      ~Swap() { std::swap(net, other); }
    } swap(trainer_);
    return f();
  }

  ctnn::Network<Net> net_;
  ctnn::Trainer<Net, Loss, Optimizer> trainer_;
  double label_smoothing_; ///< of steps alone
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
      [&]<class O>(const O& optimizer) -> std::unique_ptr<Engine> {
        using Any = std::conditional_t<ctnn::detail::ByParameter<O>, AnyOf<O>, Elementwise>;
        return std::make_unique<NetworkEngine<Any>>(
            options, Any{.chosen = optimizer, .options = options.step, .lr = optimizer.lr});
      },
      options.optimizer);
}

} // namespace trainer
