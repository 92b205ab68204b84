#pragma once
// The network behind an interface, so that engine.cpp alone holds it: no edit of a command or of an
// option compiles the network again.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include <ctnn/core/shape.hpp>
#include <ctnn/train/muon.hpp>
#include <ctnn/train/optimizers.hpp>
#include <ctnn/train/score.hpp>

#include "samples.hpp"

// What reads files takes seconds to compile, and most units only pass its types on.
namespace ctnn {
struct LoadOptions;
struct LoadResult;
namespace io {
struct Checkpoint;
}
} // namespace ctnn

namespace trainer {

/// What is known of the network before it exists.
struct NetworkFacts {
  ctnn::Shape input_shape;
  std::size_t classes;
  std::size_t parameters;
  std::string_view table;      ///< torchsummary's, a row a layer with parameters
  std::string_view full_table; ///< the same with all layers
  std::string plan;            ///< the table of how it runs
};
const NetworkFacts& network_facts();

/// What engine.cpp was compiled for. May be asked on a processor that lacks it.
extern const char* const instruction_set;

/// A network and its trainer, on NLLLoss or CrossEntropyLoss. Labels are smoothed in steps alone: whatever
/// a run trains on, its scores of other images compare with those of any other.
class Engine {
public:
  virtual ~Engine() = default;

  virtual std::size_t threads() const = 0;
  /// Optimizer steps so far, also those before a resumed state was saved.
  virtual std::uint64_t steps() const = 0;
  /// Decides dropout, and the order of samples in epochs that say no other.
  virtual std::uint64_t seed() const = 0;
  virtual void set_lr(double lr) = 0;
  /// Sets what is cycled with the learning rate: momentum, or beta1 of an optimizer that has none.
  virtual void set_momentum(double momentum) = 0;
  /// ctnn::Trainer's.
  virtual ctnn::Score step(const Samples& samples, std::span<const std::uint32_t> batch) = 0;
  /// ctnn::Trainer's, of the weights that are saved: their average if there is one.
  virtual ctnn::Score evaluate(const SampleSet& images, std::span<float> outputs) = 0;
  /// The loss of the weights that are trained.
  virtual double trained_loss(const SampleSet& images) = 0;
  /// Assigns the outputs for normalised images, one after the other.
  virtual void predict(std::size_t images, const float* x, float* outputs) = 0;
  /// Whether every weight is a number.
  virtual bool finite() const = 0;

  using Metadata = std::map<std::string, std::string>;
  virtual ctnn::LoadResult load_weights(const std::filesystem::path&, ctnn::LoadOptions) = 0;
  virtual void save_weights(const std::filesystem::path&, const Metadata&) = 0;
  virtual void load_state(const ctnn::io::Checkpoint&) = 0;
  virtual void save_state(const std::filesystem::path&, const Metadata&) = 0;
};

/// The network's last matrix, whose rows are classes: Muon leaves it to AdamW. engine.cpp knows it.
struct LastMatrix {
  static constexpr bool selects(const ctnn::detail::ParameterNode& parameter);
};

using AnyOptimizer = std::variant<ctnn::SGD, ctnn::Adam, ctnn::AdamW, ctnn::RMSprop, ctnn::NAdam,
                                  ctnn::Lion, ctnn::Muon<LastMatrix>>;

/// What goes with any optimizer.
struct StepOptions {
  bool norm_weight_decay = true; ///< whether biases and norms decay too
  double clip_grad_value = 0;    ///< the largest gradient, before clip_grad_norm; 0: any
  double clip_grad_norm = 0;     ///< the largest norm of all gradients; 0: any
  double ema = 0; ///< how much of the weights' average a step keeps; 0: there is none
};

struct EngineOptions {
  std::uint64_t seed = 0;     ///< decides the weights and dropout
  std::size_t threads = 0;    ///< 0: all of the machine
  double label_smoothing = 0; ///< CrossEntropyLoss's
  AnyOptimizer optimizer{};   ///< also its lr, until set_lr
  StepOptions step{};
};

std::unique_ptr<Engine> make_engine(const EngineOptions& options);

} // namespace trainer
