#pragma once
// A training run, from its first step or from the one that it was stopped at. What it says on the
// terminal is train.cpp's.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include <ctnn/train/score.hpp>

#include "engine.hpp"
#include "journal.hpp"
#include "run_folder.hpp"
#include "run_state.hpp"
#include "samples.hpp"
#include "scores.hpp"

namespace trainer {

/// A run is begun or resumed, then goes epoch() by epoch() until it is over(), and is finished.
/// Whenever it is killed, it leaves a folder to go on with. All of it throws Error(cannot_write), and
/// Error(diverged) when the loss or a weight is not finite: what is on disk stays then.
class Run {
public:
  /// Takes the images of `state.dataset` that the recipe leaves to train on, to choose by and to test.
  Run(RunState state, Images images, std::unique_ptr<Engine> engine, RunFolder folder);

  Engine& engine() { return *engine_; }
  const RunState& state() const { return state_; }
  const Progress& progress() const { return state_.progress; }
  const RunFolder& folder() const { return folder_; }
  std::size_t batches() const { return batches(images_.train.size()); } ///< those of an epoch
  std::size_t batches_done() const { return batches(progress().done.samples); }
  double lr() const { return rates_.lr; } ///< the learning rate of the last step
  double next_lr() const;

  /// Makes the folder that a kill from now on leaves to go on with, with the engine's weights. Throws
  /// Error(bad_argument) if another run's results are there, unless `force`; then that run's weights
  /// stay until the first epoch is over: this one may diverge.
  void begin(bool force);
  /// Goes on from `checkpoint`, which state() was read from. Throws Error(bad_checkpoint).
  void resume(const ctnn::io::Checkpoint& checkpoint);

  /// Whether no epoch has been better than the best for as many as the run's patience.
  bool out_of_patience() const;
  bool over() const { return progress().epoch > state_.recipe.epochs || out_of_patience(); }

  struct EpochScores {
    ctnn::Score train;
    std::optional<ctnn::Score> validation, test; ///< one of them: what chooses the best weights
    double last_loss;                            ///< the last batch's
  };
  /// Makes the steps of the epoch that are not done yet, scores, and saves. Each step is followed by
  /// `on_step`, which may save(), or stop() and throw.
  EpochScores epoch(const std::function<void()>& on_step);

  /// Saves weights and state, or throws Error(diverged) if the last step has ruined the weights.
  void save();
  /// Logs that a signal of that name interrupts the run, and saves.
  void stop(std::string_view signal);
  /// Logs the end, and writes the report. Returns the score of the best weights on the test images, which
  /// the run has not looked at before if there are validation images. Throws Error(bad_checkpoint) if
  /// those weights have been removed.
  ctnn::Score finish();

private:
  std::size_t batches(std::size_t samples) const {
    return (samples + state_.recipe.batch_size - 1) / state_.recipe.batch_size;
  }
  /// What a step is made with.
  struct Rates {
    double lr = 0;
    std::optional<double> momentum{}; ///< if it is cycled
  };
  void set_rates();
  void log_start();
  void save_state();
  void save_all();
  void save_weights(const std::filesystem::path& path, std::size_t epoch);
  void finish_epoch(const Rates& first, const EpochScores& scores);
  void write_report();
  const SampleSet& chosen_by() const {
    return images_.validation ? *images_.validation : images_.test;
  }
  ctnn::Score choose();
  void require_finite(double loss);

  RunState state_;
  Images images_;
  SampleSet probe_; ///< some of those that choose the best weights
  std::unique_ptr<Engine> engine_;
  RunFolder folder_;
  Journal journal_;
  std::optional<Outputs> outputs_; ///< those of the images that choose, after the last epoch
  Rates rates_;                    ///< those that the engine has
};

} // namespace trainer
