#pragma once
// What the command line says.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace trainer {

struct DataOptions {
  std::string dataset = "mnist";
  std::filesystem::path directory; ///< empty: data/<dataset>
  std::size_t threads = 0;

  std::filesystem::path path() const {
    return directory.empty() ? std::filesystem::path("data") / dataset : directory;
  }
};

/// The defaults are the assignment's recipe.
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

/// A finite number from `low` (included or not) to `high` (not included). CLI11's own Range lets
/// NaN pass.
inline CLI::Validator between(double low, bool low_included, double high) {
  const auto check = [=](std::string& text) -> std::string {
    double value = 0;
    const bool fits = CLI::detail::lexical_cast(text, value) && std::isfinite(value) &&
                      (low_included ? value >= low : value > low) && value < high;
    return fits ? ""
                : fmt::format("expected a number in {}{}, {}), found {}", low_included ? '[' : '(',
                              low, high, text);
  };
  return CLI::Validator(check, "");
}

/// A whole number from `low` to `high`.
inline CLI::Validator whole(std::uint64_t low, std::uint64_t high) {
  const auto check = [=](std::string& text) -> std::string {
    std::uint64_t value = 0;
    const bool digits = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
    const bool fits =
        digits && CLI::detail::lexical_cast(text, value) && value >= low && value <= high;
    return fits ? ""
                : fmt::format("expected a whole number from {} to {}, found {}", low, high, text);
  };
  return CLI::Validator(check, "");
}

inline void add_data_options(CLI::App& command, DataOptions& data) {
  command.add_option("--dataset", data.dataset, "mnist or fashion-mnist")
      ->check(CLI::IsMember({"mnist", "fashion-mnist"}))
      ->capture_default_str();
  command.add_option("--data", data.directory, "folder of the four IDX files [data/<dataset>]");
  command.add_option("--threads", data.threads, "threads, up to 8 help; 0: all of the machine")
      ->check(whole(0, 1024))
      ->capture_default_str();
}

inline CLI::App* add_train(CLI::App& app, TrainOptions& train) {
  CLI::App* command = app.add_subcommand("train", "Train, and test after every epoch");
  constexpr std::uint64_t many = 1'000'000'000;
  const auto number = [&](const char* name, auto& value, CLI::Validator valid, const char* text) {
    command->add_option(name, value, text)->check(valid)->capture_default_str();
  };
  add_data_options(*command, train.data);
  number("--epochs", train.epochs, whole(1, many), "passes over the training images");
  number("--batch-size", train.batch_size, whole(1, many), "images a step");
  number("--lr", train.lr, between(0, false, 1e6), "learning rate of SGD");
  number("--momentum", train.momentum, between(0, true, 1), "momentum of SGD");
  number("--step-size", train.step_size, whole(1, many), "epochs between steps of StepLR");
  number("--gamma", train.gamma, between(0, false, 1e6), "factor of StepLR");
  number("--seed", train.seed, whole(0, ~std::uint64_t{0}), "of weights, order and dropout");
  number("--limit", train.limit, whole(0, many), "first N training images only; 0: all");
  command->add_option("--init", train.init, "start from the weights of this safetensors file");
  command->add_option("--out", train.out, "folder for weights and metrics [runs/<dataset>]");
  command->add_flag("--no-shuffle", train.no_shuffle, "visit the images in the order of the file");
  return command;
}

inline CLI::App* add_evaluate(CLI::App& app, EvaluateOptions& evaluate) {
  CLI::App* command = app.add_subcommand("evaluate", "Score weights on the test images");
  add_data_options(*command, evaluate.data);
  command->add_option("--weights", evaluate.weights, "safetensors file, ours or PyTorch's")
      ->required();
  return command;
}

} // namespace trainer
