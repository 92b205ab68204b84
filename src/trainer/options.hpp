#pragma once
// What a command needs to know. The defaults are the assignment's recipe.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

namespace trainer {

struct DataOptions {
  std::string dataset = "mnist";
  std::filesystem::path directory; ///< empty: data/<dataset>
  std::size_t threads = 0;         ///< 0: all of the machine

  std::filesystem::path path() const {
    return directory.empty() ? std::filesystem::path("data") / dataset : directory;
  }
};

struct TrainOptions {
  DataOptions data;
  std::size_t epochs = 20;
  std::size_t batch_size = 512;
  double lr = 0.01;
  double momentum = 0.9;
  std::size_t step_size = 15;
  double gamma = 0.1;
  std::uint64_t seed = 1;
  std::size_t limit = 0; ///< 0: all
  std::filesystem::path init;
  std::filesystem::path out; ///< empty: runs/<dataset>
  bool no_shuffle = false;

  std::filesystem::path output() const {
    return out.empty() ? std::filesystem::path("runs") / data.dataset : out;
  }
};

struct EvaluateOptions {
  DataOptions data;
  std::filesystem::path weights;
};

} // namespace trainer
