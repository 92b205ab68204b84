#pragma once
// The folder of a run: last.safetensors, best.safetensors, state.safetensors, metrics.jsonl and
// report.html; and where in its course the run is.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include <nlohmann/json_fwd.hpp>

#include <ctnn/train/trainer.hpp>

#include "engine.hpp"
#include "options.hpp"

namespace trainer {

/// With the recipe, the weights and the optimizer's state: all that a run needs to go on.
struct Progress {
  std::size_t epoch = 1;      ///< the one under way
  ctnn::Score done{};         ///< of this epoch's steps so far
  double last_loss = 0;       ///< of the last batch
  double seconds = 0;         ///< of this epoch so far
  std::size_t best_epoch = 0; ///< 0: none is finished
  double best_accuracy = 0;
};

/// What state.safetensors says besides the tensors.
struct RunState {
  std::string dataset;
  std::string data;             ///< the folder of its files
  std::uint64_t data_crc32 = 0; ///< of all images and labels
  std::uint64_t network_crc32 = 0;
  Recipe recipe{};
  std::size_t patience = 0;
  std::string instruction_set;
  Progress progress{};
  std::uint64_t log_bytes = 0; ///< of metrics.jsonl, when the state was saved
};

inline constexpr const char* state_name = "state.safetensors";

class RunFolder {
public:
  explicit RunFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}

  std::filesystem::path last() const { return folder_ / "last.safetensors"; }
  std::filesystem::path best() const { return folder_ / "best.safetensors"; }
  std::filesystem::path state() const { return folder_ / state_name; }
  std::filesystem::path metrics() const { return folder_ / "metrics.jsonl"; }
  std::filesystem::path report() const { return folder_ / "report.html"; }
  const std::filesystem::path& path() const { return folder_; }

  /// Makes the folder if there is none, and removes what killed runs left half written in it.
  /// Throws Error(cannot_write).
  void make() const;
  /// Opens metrics.jsonl, for this process alone. Throws Error(cannot_write).
  void open_log();
  /// Cuts the log to its first `bytes` and goes on behind them. If it has fewer, goes on at its end
  /// and returns false. Throws Error(cannot_write).
  bool cut_log(std::uint64_t bytes);
  /// A line of metrics.jsonl: {"schema": 1, …fields}.
  void log(const nlohmann::ordered_json& fields);

  /// Writes state.safetensors, with the place in the log. Throws Error(cannot_write).
  void save_state(Engine& engine, RunState& run);
  /// The state first, then last.safetensors with the weights, which the state holds too: so what a
  /// run goes on from is never half old and half new.
  void save(Engine& engine, RunState& run);

private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  std::filesystem::path folder_;
  std::unique_ptr<std::FILE, Close> log_;
};

/// The recipe's values by their names on the command line.
nlohmann::ordered_json recipe_values(const Recipe& recipe);

/// The state of the run in `folder`. Throws Error(bad_checkpoint).
ctnn::io::Checkpoint read_run(const std::filesystem::path& folder);

/// What `checkpoint` says of its run. Throws Error(bad_checkpoint).
RunState read_run_state(const ctnn::io::Checkpoint& checkpoint);

} // namespace trainer
