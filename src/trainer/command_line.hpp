#pragma once
// The options of each command, as CLI11 reads them.

#include <algorithm>
#include <charconv>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "options.hpp"
#include "recipes.hpp"

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

inline void add_dataset(CLI::App& command, DataOptions& data) {
  command.add_option("--dataset", data.dataset, "data set")
      ->check(CLI::IsMember({"mnist", "fashion-mnist"}))
      ->capture_default_str();
}

inline void add_data_options(CLI::App& command, DataOptions& data) {
  add_dataset(command, data);
  add_path(command, "--data", data.directory, "folder of the four IDX files [data/<dataset>]");
  add_number(command, "--threads", data.threads, Whole{0, 1024},
             "threads, up to 8 help; 0: all of the machine");
}

/// What only a new run can be given: one that goes on has it in its state.
inline constexpr const char* new_run_only[] = {
    "--dataset",      "--recipe",    "--batch-size", "--lr",         "--momentum",
    "--weight-decay", "--step-size", "--gamma",      "--seed",       "--limit",
    "--init",         "--strict",    "--out",        "--no-shuffle", "--no-augment"};

inline CLI::App* add_train(CLI::App& app, TrainOptions& train) {
  CLI::App* command = app.add_subcommand("train", "Train, and test after every epoch");
  constexpr std::uint64_t many = 1'000'000'000;
  const auto number = [&](const char* name, auto& value, auto range, const char* description) {
    add_number(*command, name, value, range, description);
  };
  add_data_options(*command, train.data);
  // CLI11 handles options in this order: what follows changes the recipe's values.
  command
      ->add_option_function<std::string>(
          "--recipe", [&](const std::string& name) { train.recipe = recipe(name); },
          "hyper-parameters, schedule and augmentation; what is given below changes it")
      ->check(CLI::IsMember(recipe_names()))
      ->default_str(train.recipe.name);
  number("--epochs", train.recipe.epochs, Whole{1, many}, "passes over the training images");
  number("--batch-size", train.recipe.batch_size, Whole{1, many}, "images a step");
  number("--lr", train.recipe.lr, Real{0, 1e6}, "learning rate of SGD, at its highest");
  number("--momentum", train.recipe.momentum, Real{0, 1, true}, "momentum of SGD");
  number("--weight-decay", train.recipe.weight_decay, Real{0, 1, true}, "weight decay of SGD");
  number("--step-size", train.recipe.step_size, Whole{1, many}, "epochs between steps of StepLR");
  number("--gamma", train.recipe.gamma, Real{0, 1e6}, "factor of StepLR");
  number("--seed", train.recipe.seed, Whole{0, ~std::uint64_t{0}},
         "of weights, order, augmentation and dropout");
  number("--limit", train.recipe.limit, Whole{0, many}, "first N training images only; 0: all");
  number("--patience", train.patience, Whole{0, many},
         "stop after N epochs without a better test accuracy; 0: never");
  number("--save-every", train.save_every, Whole{0, many},
         "save every N steps too; 0: after an epoch");
  add_path(*command, "--init", train.init, "start from the weights of this safetensors file");
  command->add_flag("--strict", train.strict, "--strict=false: --init may lack or have more names")
      ->default_str("true");
  add_path(*command, "--out", train.out, "folder for what the run leaves [runs/<dataset>]");
  add_path(*command, "--resume", train.resume, "go on with the run in this folder");
  command->add_flag("--no-shuffle", train.no_shuffle, "visit the images in the order of the file");
  command->add_flag("--no-augment", train.no_augment, "leave the images as they are");
  command->add_flag("--quiet", train.quiet, "print errors only");
  command->final_callback([command, &train] {
    train.recipe.shuffle = !train.no_shuffle;
    train.recipe.augment = !train.no_augment;
    train.epochs_given = command->count("--epochs") > 0;
    train.patience_given = command->count("--patience") > 0;
    for (const char* const option : {"--step-size", "--gamma"})
      if (one_cycle(train.recipe) && command->count(option) > 0)
        throw CLI::ValidationError(option, "is of StepLR, and recipe " + train.recipe.name +
                                               " has OneCycleLR");
    for (const char* const option : new_run_only)
      if (!train.resume.empty() && command->count(option) > 0)
        throw CLI::ValidationError(option, "cannot be given to a run that goes on (--resume)");
    if (!train.strict && train.init.empty())
      throw CLI::ValidationError("--strict", "is of the weights of --init, which is missing");
  });
  return command;
}

inline void add_weights(CLI::App& command, WeightsOptions& options) {
  add_path(command, "--weights", options.weights,
           "safetensors file, ours or PyTorch's [runs/<dataset>/best.safetensors]");
  command.add_flag("--json", options.json, "print JSON, an object a line");
}

inline CLI::App* add_evaluate(CLI::App& app, WeightsOptions& options) {
  CLI::App* command = app.add_subcommand("evaluate", "Score weights on the test images");
  add_data_options(*command, options.data);
  add_weights(*command, options);
  return command;
}

inline CLI::App* add_predict(CLI::App& app, WeightsOptions& options) {
  CLI::App* command = app.add_subcommand("predict", "Tell what images show: PNG, BMP, PGM, PPM");
  add_dataset(*command, options.data);
  add_weights(*command, options);
  const auto read = [&options](const std::vector<std::string>& paths) {
    if (std::ranges::count(paths, "") > 0)
      throw CLI::ValidationError("IMAGE", "expected a path, found \"\"");
    options.images.assign(paths.begin(), paths.end());
  };
  command->add_option_function<std::vector<std::string>>("IMAGE", read, "one or more")
      ->required()
      ->type_name("PATH");
  return command;
}

} // namespace trainer
