#pragma once
// metrics.jsonl: what happens in a run, a JSON object a line.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include <ctnn/train/score.hpp>

#include "run_state.hpp"
#include "samples.hpp"

namespace trainer {

/// What is logged of an epoch.
struct EpochEvent {
  std::size_t epoch;
  std::uint64_t step;             ///< optimizer steps so far
  double lr;                      ///< the learning rate of its first step
  std::optional<double> momentum; ///< and its momentum, if that is cycled
  ctnn::Score train;
  std::optional<ctnn::Score> test, validation; ///< one of them: what chooses the best weights
  nlohmann::ordered_json class_scores;         ///< those of scores.hpp, of the same images
  double seconds;                              ///< what its steps took
  bool best;                                   ///< whether no epoch before it was as good
};

/// The file of one run, for whoever has taken its folder. Every function throws Error(cannot_write).
/// Where somebody removes the file while the run goes on, the next line writes all of it again.
class Journal {
public:
  explicit Journal(std::filesystem::path path) : path_(std::move(path)) {}

  const std::filesystem::path& path() const { return path_; }

  /// Opens the file. It comes before all others.
  void open();
  /// Cuts the file to its first `bytes` and goes on behind them. If it has fewer, goes on at its
  /// end and returns false.
  bool cut(std::uint64_t bytes);
  /// Returns the size of the file, once all of it outlives a power failure.
  std::uint64_t sync();

  void start(const RunState& run, const Images& images, std::size_t threads);
  void resume(const RunState& run, std::uint64_t step);
  void epoch(const EpochEvent& event);
  /// The end of a run whose best weights had that score on the test images, if they did not choose them.
  void end(std::string_view reason, const RunState& run, const std::optional<ctnn::Score>& test);
  /// The end by a signal of that name.
  void stop(std::string_view signal, const RunState& run);
  void diverge(const Progress& progress, std::uint64_t step, double lr);

private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  int descriptor() const { return ::fileno(file_.get()); }
  /// Writes the file again if it is not the one that is open.
  void restore();
  /// {"schema": 1, "event": …, …fields}
  void write(std::string_view event, const nlohmann::ordered_json& fields);

  std::filesystem::path path_;
  std::unique_ptr<std::FILE, Close> file_;
};

} // namespace trainer
