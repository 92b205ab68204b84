#pragma once
// The network of CTNN_NETWORK_HEADER behind an interface, so that engine.cpp alone holds it: no edit
// of a command or of an option compiles the network again.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <ctnn/core/shape.hpp>
#include <ctnn/data/image_dataset.hpp>
#include <ctnn/io/checkpoint.hpp>
#include <ctnn/train/trainer.hpp>

#include "samples.hpp"

namespace trainer {

/// What is known of the network before it exists.
struct NetworkFacts {
  ctnn::Shape input_shape;
  std::size_t classes;
  std::size_t parameters;
  std::string_view table;      ///< of layers with parameters
  std::string_view full_table; ///< of all layers
  std::string plan;            ///< how it runs
};
const NetworkFacts& network_facts();

/// That engine.cpp was compiled for. May be asked on a processor that lacks it.
extern const char* const instruction_set;

/// A network and its trainer, SGD on NLLLoss or CrossEntropyLoss.
class Engine {
public:
  virtual ~Engine() = default;

  virtual std::size_t threads() const = 0;
  /// Optimizer steps so far, also those before a resumed state was saved.
  virtual std::uint64_t steps() const = 0;
  virtual void set_rates(double lr, double momentum) = 0;
  /// As ctnn::Trainer::step and evaluate.
  virtual ctnn::Score step(const Samples& samples, std::span<const std::uint32_t> batch) = 0;
  virtual ctnn::Score evaluate(const ctnn::ImageDataset& images, std::span<float> outputs) = 0;
  /// Outputs for normalised images, one after the other.
  virtual void predict(std::size_t images, const float* x, float* outputs) = 0;
  /// Whether every weight is a number.
  virtual bool finite() const = 0;

  using Metadata = std::map<std::string, std::string>;
  virtual ctnn::LoadResult load_weights(const std::filesystem::path&, ctnn::LoadOptions) = 0;
  virtual void save_weights(const std::filesystem::path&, const Metadata&) const = 0;
  virtual void load_state(const ctnn::io::Checkpoint&) = 0;
  virtual void save_state(const std::filesystem::path&, const Metadata&) = 0;
};

struct EngineOptions {
  std::uint64_t seed = 0; ///< of weights and dropout
  std::size_t threads = 0;
  double weight_decay = 0;
  bool nesterov = false;
};

std::unique_ptr<Engine> make_engine(const EngineOptions& options);

} // namespace trainer
