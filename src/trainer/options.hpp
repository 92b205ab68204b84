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
  std::filesystem::path run() const { return std::filesystem::path("runs") / dataset->name; }
};

struct TrainOptions {
  DataOptions data;
  Recipe recipe = recipes().front();
  std::size_t patience = 0;   ///< epochs without a better test accuracy before it ends; 0: no end
  std::size_t save_every = 0; ///< steps; 0: at the end of an epoch
  std::filesystem::path init;
  bool strict = true;
  std::filesystem::path out;    ///< empty: runs/<dataset>
  std::filesystem::path resume; ///< folder of the run to go on with; empty: a new one
  bool epochs_given = false, patience_given = false;
  bool quiet = false;

  std::filesystem::path output() const {
    return !resume.empty() ? resume : !out.empty() ? out : data.run();
  }
};

/// What evaluate and predict need.
struct WeightsOptions {
  DataOptions data;
  std::filesystem::path weights; ///< empty: the best of runs/<dataset>
  std::vector<std::filesystem::path> images;
  bool json = false;

  std::filesystem::path path() const {
    return weights.empty() ? data.run() / "best.safetensors" : weights;
  }
};

} // namespace trainer
