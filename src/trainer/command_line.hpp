#pragma once
// The options of each command, as CLI11 reads them.

#include <charconv>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "options.hpp"

namespace trainer {

/// The numbers from `low` to `high`, both included.
struct Whole {
  std::uint64_t low, high;

  bool holds(std::uint64_t value) const { return value >= low && value <= high; }
  std::string text() const { return fmt::format("a whole number from {} to {}", low, high); }
};

/// The numbers between `low` and `high`, without `high`.
struct Real {
  double low, high;
  bool low_too = false;

  bool holds(double value) const { // NaN and infinities are outside
    return (low_too ? value >= low : value > low) && value < high;
  }
  std::string text() const {
    return fmt::format("a number in {}{:g}, {:g})", low_too ? '[' : '(', low, high);
  }
};

/// Reads with from_chars. CLI11's own conversion takes 010 for 8, and 2^64 for 2^64 - 1.
template <class T, class Range>
void add_number(CLI::App& command, const std::string& name, T& value, const Range& range,
                const std::string& description) {
  const auto read = [name, &value, range](const std::string& text) {
    T number{};
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{} || stop != end || !range.holds(number))
      throw CLI::ValidationError(name,
                                 fmt::format("expected {}, found \"{}\"", range.text(), text));
    value = number;
  };
  command.add_option_function<std::string>(name, read, description)
      ->default_str(fmt::format("{}", value))
      ->type_name(std::floating_point<T> ? "X" : "N");
}

inline CLI::Option* add_path(CLI::App& command, const std::string& name,
                             std::filesystem::path& path, const std::string& description) {
  const auto read = [name, &path](const std::string& text) {
    if (text.empty()) throw CLI::ValidationError(name, "expected a path, found \"\"");
    path = text;
  };
  return command.add_option_function<std::string>(name, read, description)->type_name("PATH");
}

inline void add_data_options(CLI::App& command, DataOptions& data) {
  command.add_option("--dataset", data.dataset, "data set")
      ->check(CLI::IsMember({"mnist", "fashion-mnist"}))
      ->capture_default_str();
  add_path(command, "--data", data.directory, "folder of the four IDX files [data/<dataset>]");
  add_number(command, "--threads", data.threads, Whole{0, 1024},
             "threads, up to 8 help; 0: all of the machine");
}

inline CLI::App* add_train(CLI::App& app, TrainOptions& train) {
  CLI::App* command = app.add_subcommand("train", "Train, and test after every epoch");
  constexpr std::uint64_t many = 1'000'000'000;
  const auto number = [&](const char* name, auto& value, auto range, const char* description) {
    add_number(*command, name, value, range, description);
  };
  add_data_options(*command, train.data);
  number("--epochs", train.epochs, Whole{1, many}, "passes over the training images");
  number("--batch-size", train.batch_size, Whole{1, many}, "images a step");
  number("--lr", train.lr, Real{0, 1e6}, "learning rate of SGD");
  number("--momentum", train.momentum, Real{0, 1, true}, "momentum of SGD");
  number("--step-size", train.step_size, Whole{1, many}, "epochs between steps of StepLR");
  number("--gamma", train.gamma, Real{0, 1e6}, "factor of StepLR");
  number("--seed", train.seed, Whole{0, ~std::uint64_t{0}}, "of weights, order and dropout");
  number("--limit", train.limit, Whole{0, many}, "first N training images only; 0: all");
  add_path(*command, "--init", train.init, "start from the weights of this safetensors file");
  add_path(*command, "--out", train.out, "folder for weights and metrics [runs/<dataset>]");
  command->add_flag("--no-shuffle", train.no_shuffle, "visit the images in the order of the file");
  return command;
}

inline CLI::App* add_evaluate(CLI::App& app, EvaluateOptions& evaluate) {
  CLI::App* command = app.add_subcommand("evaluate", "Score weights on the test images");
  add_data_options(*command, evaluate.data);
  add_path(*command, "--weights", evaluate.weights, "safetensors file, ours or PyTorch's")
      ->required();
  return command;
}

} // namespace trainer
