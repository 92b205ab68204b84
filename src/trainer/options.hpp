#pragma once
// What a command needs to know, and what it does where nothing is said.

#include <cstddef>
#include <filesystem>
#include <vector>

#include "datasets.hpp"
#include "recipes.hpp"

namespace trainer {

struct DataOptions {
  const Dataset* dataset = &datasets().front();
  std::filesystem::path directory; ///< empty: data/<dataset>
  std::size_t threads = 0;         ///< 0: all of the machine

  std::filesystem::path path() const {
    return directory.empty() ? std::filesystem::path("data") / dataset->name : directory;
  }
  /// Where a run with that recipe leaves its files if nothing is said. Runs of two recipes never meet
  /// there; the default's folder has the shorter name.
  std::filesystem::path run(const Recipe& recipe) const {
    std::filesystem::path folder = std::filesystem::path("runs") / dataset->name;
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

/// What evaluate and predict need.
struct WeightsOptions {
  DataOptions data;
  bool dataset_given = false;    ///< if not, it is the one that the weights were trained on
  std::filesystem::path weights; ///< empty: the best of the last run on the data set
  std::vector<std::filesystem::path> images;
  bool json = false;
};

} // namespace trainer
