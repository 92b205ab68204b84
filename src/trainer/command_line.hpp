#pragma once
// The options of each command, as CLI11 reads them.

#include <algorithm>
#include <charconv>
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "options.hpp"
#include "ranges.hpp"
#include "recipe.hpp"
#include "words.hpp"

namespace trainer {

/// CLI11's help, whose long lines end at a space or a comma before column 80.
struct Formatter : CLI::Formatter {
  std::string make_option(const CLI::Option* option, bool is_positional) const override {
    constexpr std::size_t width = 80;
    std::string text = CLI::Formatter::make_option(option, is_positional);
    std::size_t line = 0;
    for (std::size_t end; (end = text.find('\n', line)) != text.npos;) {
      if (end - line > width)
        if (const std::size_t cut = text.find_last_of(" ,", line + width - 1);
            cut != text.npos && cut > line + get_column_width()) {
          const bool space = text[cut] == ' ';
          end = space ? cut : cut + 1;
          text.replace(end, space, '\n' + std::string(get_column_width(), ' '));
        }
      line = end + 1;
    }
    return text;
  }
};

/// The number that `text` is. CLI11's own conversion takes 010 for 8, and 2^64 for 2^64 - 1.
template <class T>
std::optional<T> read_number(std::string_view text) {
  T number{};
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return number;
}

[[noreturn]] inline void not_in(const auto& range, const std::string& name,
                                const std::string& text) {
  throw CLI::ValidationError(name, fmt::format("expected {}, found \"{}\"", range.text(), text));
}

template <class T, class Range>
void add_number(CLI::App& command, const std::string& name, T& value, const Range& range,
                const std::string& description) {
  const auto read = [name, &value, range](const std::string& text) {
    const std::optional<T> number = read_number<T>(text);
    if (!number || !range.holds(*number)) not_in(range, name, text);
    value = *number;
  };
  command.add_option_function<std::string>(name, read, description)
      ->default_str(fmt::format("{}", value))
      ->type_name(std::floating_point<T> ? "X" : "N");
}

/// Reads numbers with commas between them.
inline void add_milestones(CLI::App& command, const std::string& name, Milestones& value,
                           const Ascending& range, const std::string& description) {
  const auto read = [name, &value, range](const std::string& text) {
    std::vector<std::uint64_t> epochs;
    for (std::size_t begin = 0, end; begin <= text.size(); begin = end + 1) {
      end = std::min(text.find(',', begin), text.size());
      const auto epoch =
          read_number<std::uint64_t>(std::string_view(text).substr(begin, end - begin));
      if (!epoch) not_in(range, name, text);
      epochs.push_back(*epoch);
    }
    if (!range.holds(epochs)) not_in(range, name, text);
    value = Milestones(epochs);
  };
  command.add_option_function<std::string>(name, read, description)->type_name("N,N,...");
}

inline CLI::Option* add_path(CLI::App& command, const std::string& name,
                             std::filesystem::path& path, const std::string& description) {
  const auto read = [name, &path](const std::string& text) {
    if (text.empty()) throw CLI::ValidationError(name, "expected a path, found \"\"");
    path = text;
  };
  return command.add_option_function<std::string>(name, read, description)->type_name("PATH");
}

/// One of the values that `names` lists, handed to `choose`.
template <class Choose>
CLI::Option* add_choice(CLI::App& command, const std::string& name, Choose&& choose,
                        const std::vector<std::string>& names, std::string_view chosen,
                        const std::string& description) {
  return command.add_option_function<std::string>(name, std::forward<Choose>(choose), description)
      ->check(CLI::IsMember(names))
      ->default_str(std::string(chosen));
}

/// The names of the rows of a table.
template <class Row>
std::vector<std::string> names_of(std::span<const Row> table) {
  std::vector<std::string> names;
  for (const Row& row : table) names.emplace_back(row.name);
  return names;
}

inline CLI::Option* add_dataset(CLI::App& command, DataOptions& data) {
  const std::string forms = fmt::format("{{{}}}", fmt::join(dataset_forms(), ","));
  const auto read = [&data, forms](const std::string& name) {
    const auto found = find_dataset(name);
    if (!found) throw CLI::ValidationError("--dataset", fmt::format("{} not in {}", name, forms));
    data.dataset = *found;
  };
  return command.add_option_function<std::string>("--dataset", read, "data set")
      ->type_name(forms)
      ->default_str(data.dataset.name);
}

inline CLI::Option* add_data_options(CLI::App& command, DataOptions& data) {
  add_path(command, "--data", data.directory, "folder of the data set's files [data/<dataset>]");
  add_path(command, "--test", data.test, "csv: file to test on [beside the other]");
  command
      .add_option_function<std::string>(
          "--label", [&data](const std::string& column) { data.label = column; },
          "csv: column of the classes, name or number [last]")
      ->type_name("COLUMN");
  add_number(command, "--threads", data.threads, Whole{0, 1024},
             "threads, up to 8 help; 0: all of the machine");
  return add_dataset(command, data);
}

/// Refuses two places of one data set.
inline void require_one_place(const CLI::App& command, const DataOptions& data) {
  if (command.count("--dataset") > 0 && command.count("--data") > 0 &&
      !data.dataset.kind->argument.empty())
    throw CLI::ValidationError("--data", data.dataset.name + " names its own");
}

/// "SGD", "Adam, AdamW": whose a field is.
inline std::string owners_of(const Field& field) {
  std::vector<std::string_view> owners;
  for (const Owner& owner : field.owners)
    owners.push_back(std::visit([](auto kind) { return name(kind).full; }, owner));
  return fmt::format("{}", fmt::join(owners, ", "));
}

/// --batch-size, --nesterov, --no-shuffle.
template <class Range>
std::string option_name(const Field& field, const Range& range) {
  if constexpr (std::same_as<Range, Flag>)
    if (!range.given) return option_of(field.name, "--no-");
  return option_of(field.name);
}

/// An option for each field of the recipe. Flags are read by take_recipe_flags.
inline void add_recipe_options(CLI::App& command, Recipe& recipe) {
  // CLI11 handles options in this order: what follows changes the recipe's values.
  add_choice(
      command, "--recipe", [&recipe](const std::string& name) { recipe = *find_recipe(name); },
      names_of(recipes()), recipe.name, "hyper-parameters, schedule and augmentation");
  visit_fields(recipe, [&]<class T>(const Field& field, T& value, const auto& range) {
    const std::string option = option_name(field, range);
    const std::string description = // const: CLI11 takes others for a flag's variable
        field.owners.empty() ? std::string(field.description)
                             : fmt::format("{} ({})", field.description, owners_of(field));
    if constexpr (std::same_as<T, bool>)
      command.add_flag(option, description);
    else if constexpr (std::same_as<T, Optimizer>)
      add_choice(
          command, option,
          [&recipe](const std::string& word) {
            choose_optimizer(recipe, *from_word<Optimizer>(word));
          },
          words<T>(), name(value).word, description);
    else if constexpr (std::same_as<T, Scheduler>)
      add_choice(
          command, option,
          [&recipe](const std::string& word) {
            choose_scheduler(recipe, *from_word<Scheduler>(word));
          },
          words<T>(), name(value).word, description);
    else if constexpr (std::is_enum_v<T>)
      add_choice(
          command, option, [&value](const std::string& word) { value = *from_word<T>(word); },
          words<T>(), name(value).word, description);
    else if constexpr (std::same_as<T, Milestones>)
      add_milestones(command, option, value, range, description);
    else
      add_number(command, option, value, range, description);
  });
}

/// "is of StepLR, and recipe fast has OneCycleLR": why the run has no use for a field.
inline std::string misplaced(const Field& field, const CLI::App& command, const Recipe& recipe) {
  const auto sentence = [&](const char* option, auto chosen) {
    return fmt::format("is of {}, and {} has {}", owners_of(field),
                       command.count(option) > 0 ? "this run"
                                                 : fmt::format("recipe {}", recipe.name),
                       name(chosen).full);
  };
  const Owner& owner = field.owners.front();
  if (std::holds_alternative<SchedulePart>(owner))
    return fmt::format("is of {}, which is missing", owners_of(field));
  return std::holds_alternative<Optimizer>(owner) ? sentence("--optimizer", recipe.optimizer)
                                                  : sentence("--scheduler", recipe.scheduler);
}

/// Why an option is refused that only a new run can be given: one that goes on has it in its state.
inline constexpr const char* goes_on = "cannot be given to a run that goes on (--resume)";

/// Assigns the flags that were given, and refuses options that do not go together.
inline void take_recipe_flags(const CLI::App& command, Recipe& recipe, bool resumed) {
  visit_fields(recipe, [&]<class T>(const Field& field, T& value, const auto& range) {
    const std::string name = option_name(field, range);
    const CLI::Option* const option = command.get_option(name);
    if (option->count() == 0) return;
    if (resumed && field.new_run_only) throw CLI::ValidationError(name, goes_on);
    if (!field.is_of(recipe)) throw CLI::ValidationError(name, misplaced(field, command, recipe));
    if constexpr (std::same_as<T, bool>) value = option->as<bool>() == range.given;
  });
  if (resumed) return;
  if (!recipe.augment) { // nothing of the recipe's, but what is said
    if (command.count("--crop") == 0) recipe.crop = 0;
    if (command.count("--flip") == 0) recipe.flip = false;
  }
  const char* const cycled = has_momentum(recipe) ? "--momentum" : "--beta1";
  if (recipe.scheduler == Scheduler::onecycle && recipe.cycle_momentum && command.count(cycled) > 0)
    throw CLI::ValidationError(cycled, "is cycled (--cycle-momentum): say --max-momentum instead");
  if (const auto found = contradiction(recipe, [](auto field) { return option_of(field); }))
    throw CLI::ValidationError(found->field, found->what);
}

/// What `--help` shows behind the options: command lines, each with what it does if that needs words.
inline std::string
examples(std::initializer_list<std::pair<std::string_view, std::string_view>> lines) {
  std::string text = "Examples:";
  for (const auto& [line, what] : lines)
    text += what.empty() ? fmt::format("\n  {} {}", CTNN_PROGRAM, line)
                         : fmt::format("\n  {:<33} {}", fmt::format("{} {}", CTNN_PROGRAM, line),
                                       fmt::format("# {}", what));
  return text;
}

inline CLI::App* add_train(CLI::App& app, TrainOptions& train) {
  CLI::App* const command = app.add_subcommand("train", "Train, and test after every epoch");
  constexpr std::uint64_t many = 1'000'000'000;
  CLI::Option* const dataset = add_data_options(*command, train.data);
  add_recipe_options(*command, train.recipe);
  add_number(*command, "--patience", train.patience, Whole{0, many},
             "end after N epochs that were no better; 0: never");
  add_number(*command, "--save-every", train.save_every, Whole{0, many},
             "save every N steps too; 0: after an epoch");
  CLI::Option* const init =
      add_path(*command, "--init", train.init, "start from the weights of this safetensors file");
  CLI::Option* const strict =
      command
          ->add_flag("--strict", train.strict, "--strict=false: --init may lack or have more names")
          ->default_str("true");
  CLI::Option* const out =
      add_path(*command, "--out", train.out, "the run's folder [runs/<dataset>[-<recipe>]]");
  CLI::Option* const force =
      command->add_flag("--force", train.force, "replace the run that is in that folder");
  add_path(*command, "--resume", train.resume, "go on with the run in this folder");
  command->add_flag("--quiet", train.quiet, "print errors only");
  command->footer(examples({{"train", "20 epochs, into runs/mnist"},
                            {"train --recipe fast", "2 epochs, into runs/mnist-fast"},
                            {"train --optimizer adam --epochs 5 --out runs/adam", ""},
                            {"train --validation 0.1 --patience 3 --out runs/patient", ""},
                            {"train --resume runs/mnist", "goes on where it was stopped"}}));
  command->final_callback([=, &train] {
    const bool resumed = !train.resume.empty();
    for (const CLI::Option* const option :
         {dataset, command->get_option("--label"), command->get_option("--recipe"), init, strict,
          out, force})
      if (resumed && option->count() > 0) throw CLI::ValidationError(option->get_name(), goes_on);
    require_one_place(*command, train.data);
    take_recipe_flags(*command, train.recipe, resumed);
    train.epochs_given = command->count("--epochs") > 0;
    train.patience_given = command->count("--patience") > 0;
    if (strict->count() > 0 && train.init.empty())
      throw CLI::ValidationError("--strict", "is of the weights of --init, which is missing");
  });
  return command;
}

inline void add_weights(CLI::App& command, WeightsOptions& options) {
  add_path(command, "--weights", options.weights,
           "ours or PyTorch's [best.safetensors of the run]");
  command.add_flag("--json", options.json, "print JSON, an object a line");
}

inline CLI::App* add_evaluate(CLI::App& app, WeightsOptions& options) {
  CLI::App* command = app.add_subcommand("evaluate", "Score weights on the test images");
  CLI::Option* const dataset = add_data_options(*command, options.data);
  command->final_callback([=, &options] {
    require_one_place(*command, options.data);
    options.dataset_given = dataset->count() > 0;
  });
  add_weights(*command, options);
  command->footer(examples({{"evaluate", "the best weights of the last run"},
                            {"evaluate --weights runs/adam/last.safetensors", ""},
                            {"evaluate --json", "for another program to read"}}));
  return command;
}

inline CLI::App* add_predict(CLI::App& app, WeightsOptions& options) {
  CLI::App* command =
      app.add_subcommand("predict", "Tell what images show: PNG, JPEG, BMP, PGM, PPM");
  CLI::Option* const dataset = add_dataset(*command, options.data);
  command->final_callback([=, &options] { options.dataset_given = dataset->count() > 0; });
  add_weights(*command, options);
  const auto read = [&options](const std::vector<std::string>& paths) {
    if (std::ranges::count(paths, "") > 0)
      throw CLI::ValidationError("IMAGE", "expected a path, found \"\"");
    options.images.assign(paths.begin(), paths.end());
  };
  command->add_option_function<std::vector<std::string>>("IMAGE", read, "one or more")
      ->required()
      ->type_name("PATH");
  command->footer(examples({{"predict seven.png page.pgm", ""},
                            {"predict --weights runs/adam/best.safetensors --json *.png", ""}}));
  return command;
}

} // namespace trainer
