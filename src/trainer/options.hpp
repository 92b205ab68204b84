#pragma once
// What a command needs to know, and what it does where nothing is said.

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <ctnn/core/error.hpp>

#include "datasets.hpp"
#include "recipes.hpp"

namespace trainer {

struct DataOptions {
  Dataset dataset = *find_dataset(dataset_kinds().front().name);
  std::filesystem::path directory;  ///< empty: that of the data set
  std::filesystem::path test;       ///< of a table; empty: beside the training samples
  std::optional<std::string> label; ///< of a table; none: as the weights know it, or the last
  std::size_t threads = 0;          ///< 0: all of the machine

  /// `dataset`, where these options say that it is.
  Dataset located() const {
    Dataset where = dataset;
    if (!directory.empty()) where.source.path = directory;
    where.source.test = test;
    if (label) where.source.label = *label;
    return where;
  }
  /// Where a run with that recipe leaves its files if nothing is said. Runs of two recipes never meet
  /// there; the default's folder has the shorter name.
  std::filesystem::path run(const Recipe& recipe) const {
    std::filesystem::path folder = std::filesystem::path("runs") / dataset.short_name();
    if (recipe.name != recipes().front().name) (folder += '-') += recipe.name;
    return folder;
  }
};

struct TrainOptions {
  DataOptions data;
  Recipe recipe = recipes().front();
  std::size_t patience = 0;   ///< epochs that are no better than the best before it ends; 0: no end
  std::size_t save_every = 0; ///< steps; 0: at the end of an epoch
  std::filesystem::path init;
  bool strict = true;
  std::filesystem::path out;    ///< empty: that of the data set and the recipe
  bool force = false;           ///< whether it may replace the results of another run
  std::filesystem::path resume; ///< folder of the run to go on with; empty: a new one
  bool epochs_given = false, patience_given = false;
  bool quiet = false;

  std::filesystem::path output() const {
    return !resume.empty() ? resume : !out.empty() ? out : data.run(recipe);
  }
};

/// Throws Error(bad_argument) if an option is none of that data set's.
inline void require_own_options(const DataOptions& options, const Dataset& dataset) {
  const auto refuse = [&](const char* option, const char* why) {
    throw ctnn::Error(ctnn::ErrorCode::bad_argument,
                      fmt::format("{}: {}, found {}", option, why, dataset.name));
  };
  if (!dataset.kind->table && !options.test.empty()) refuse("--test", "expected a csv:FILE");
  if (!dataset.kind->table && options.label) refuse("--label", "expected a csv:FILE");
}

/// What evaluate and predict need.
struct WeightsOptions {
  DataOptions data;
  bool dataset_given = false;    ///< if not, it is the one that the weights were trained on
  std::filesystem::path weights; ///< empty: the best of the last run on the data set
  std::vector<std::filesystem::path> images;
  bool json = false;
};

} // namespace trainer
