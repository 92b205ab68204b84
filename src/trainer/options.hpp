#pragma once
// What a command needs to know. The defaults are the assignment's recipe.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace trainer {

struct DataOptions {
  std::string dataset = "mnist";
  std::filesystem::path directory; ///< empty: data/<dataset>
  std::size_t threads = 0;         ///< 0: all of the machine

  std::filesystem::path path() const {
    return directory.empty() ? std::filesystem::path("data") / dataset : directory;
  }
  std::filesystem::path run() const { return std::filesystem::path("runs") / dataset; }
};

/// How a network is trained; recipes.hpp has two to choose from. What a resumed run must not change.
struct Recipe {
  std::string name = "assignment";
  std::size_t epochs = 20;
  std::size_t batch_size = 512;
  double lr = 0.01; ///< the largest, under a schedule that begins with less
  double momentum = 0.9;
  double weight_decay = 0;
  std::size_t step_size = 15; ///< of StepLR
  double gamma = 0.1;         ///< of StepLR
  std::uint64_t seed = 1;
  std::size_t limit = 0; ///< first training images only; 0: all
  bool shuffle = true;
  bool augment = true;
};

struct TrainOptions {
  DataOptions data;
  Recipe recipe;
  std::size_t patience = 0;   ///< epochs without a better test accuracy before it ends; 0: no end
  std::size_t save_every = 0; ///< steps; 0: at the end of an epoch
  std::filesystem::path init;
  bool strict = true;
  std::filesystem::path out;    ///< empty: runs/<dataset>
  std::filesystem::path resume; ///< folder of the run to go on with; empty: a new one
  bool no_shuffle = false, no_augment = false;
  bool epochs_given = false, patience_given = false;
  bool quiet = false;

  std::filesystem::path output() const {
    return !resume.empty() ? resume : !out.empty() ? out : data.run();
  }
};

/// Of evaluate and predict.
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
