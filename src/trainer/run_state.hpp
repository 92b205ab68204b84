#pragma once
// Where in its course a run is, and how state.safetensors says so besides its tensors.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include <ctnn/train/schedulers.hpp>
#include <ctnn/train/score.hpp>

#include "datasets.hpp"
#include "engine.hpp"
#include "recipe.hpp"

namespace trainer {

/// With the recipe, the weights and the optimizer's state: all that a run needs to go on.
struct Progress {
  std::size_t epoch = 1;      ///< the one under way
  ctnn::Score done{};         ///< the sum over this epoch's steps so far
  double last_loss = 0;       ///< the mean loss of the last batch
  double seconds = 0;         ///< what this epoch's steps took so far
  std::size_t best_epoch = 0; ///< 0: none is finished
  double best_accuracy = 0;   ///< that epoch's, of the images that choose it
};

struct RunState {
  Dataset dataset;
  Seen seen{};                  ///< of the training samples
  std::string data{};           ///< the folder of its files, or its file
  std::string test{};           ///< the file of a table's test samples; empty: beside `data`
  std::uint64_t data_crc32 = 0; ///< the sum of checksums.hpp, as the next one
  std::uint64_t network_crc32 = 0;
  Recipe recipe;
  std::size_t patience = 0;
  std::string instruction_set{};
  Progress progress{};
  ctnn::ReduceLROnPlateau plateau = make_plateau(recipe); ///< if that is the scheduler
  std::vector<double> plateau_rates{};                    ///< what it said after each epoch
  std::uint64_t log_bytes = 0; ///< the size of metrics.jsonl when the state was saved
};

/// The learning rate of the step after `step` steps, none of which is after the epoch under way.
double learning_rate(const RunState& run, std::uint64_t step, std::size_t steps_per_epoch);

/// The recipe's values by their names, without those that mean nothing to its optimizer and its
/// scheduler.
nlohmann::ordered_json recipe_values(const Recipe& recipe);

/// Writes a state.safetensors: the engine's tensors, and the run. Throws Error(cannot_write).
void save_state(const std::filesystem::path& path, Engine& engine, const RunState& run);

/// Reads a file that save_state wrote. Throws Error(bad_checkpoint).
ctnn::io::Checkpoint read_state(const std::filesystem::path& path);

/// What such a file says of its run. Throws Error(bad_checkpoint).
RunState run_state(const ctnn::io::Checkpoint& checkpoint);

} // namespace trainer
