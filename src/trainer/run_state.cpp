#include "run_state.hpp"

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <optional>
#include <system_error>
#include <type_traits>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <ctnn/core/error.hpp>
#include <ctnn/io/checkpoint.hpp>
#include <ctnn/io/message.hpp>

#include "recipes.hpp"

namespace trainer {
namespace {

using nlohmann::ordered_json;

constexpr const char* run_key = "ctnn.run";

/// Calls visit(name, value) for each value of the run but its data set and its recipe, so that
/// writing and reading cannot differ.
template <class Run, class Visit>
void visit_values(Run& run, Visit&& visit) {
  visit("data", run.data);
  if (run.dataset.kind->table) {
    visit("label", run.dataset.source.label);
    visit("test", run.test);
  }
  visit("data_crc32", run.data_crc32);
  visit("network_crc32", run.network_crc32);
  visit("instruction_set", run.instruction_set);
  visit("patience", run.patience);
  visit("epoch", run.progress.epoch);
  visit("loss_sum", run.progress.done.loss_sum);
  visit("correct", run.progress.done.correct);
  visit("samples", run.progress.done.samples);
  visit("last_loss", run.progress.last_loss);
  visit("seconds", run.progress.seconds);
  visit("best_epoch", run.progress.best_epoch);
  visit("best_accuracy", run.progress.best_accuracy);
  visit("log_bytes", run.log_bytes);
  if (run.recipe.scheduler == Scheduler::plateau) {
    visit("plateau_rates", run.plateau_rates);
    visit("plateau_best", run.plateau.best);
    visit("plateau_bad_epochs", run.plateau.num_bad_epochs);
    visit("plateau_cooldown", run.plateau.cooldown_counter);
  }
}

/// What JSON has for a value: null for a number that is not there.
ordered_json to_json(const auto& value) { return value; }
ordered_json to_json(const Milestones& value) {
  return std::vector(value.given().begin(), value.given().end());
}
ordered_json to_json(const std::optional<double>& value) {
  return value ? ordered_json(*value) : ordered_json();
}

/// Whether `value` may become a T. nlohmann's get() takes -1 for 18446744073709551615.
template <class T>
bool holds(const ordered_json& value) {
  if constexpr (std::same_as<T, bool>)
    return value.is_boolean();
  else if constexpr (std::same_as<T, std::string>)
    return value.is_string();
  else if constexpr (std::same_as<T, double>)
    return value.is_number();
  else if constexpr (std::same_as<T, std::optional<double>>)
    return value.is_number() || value.is_null();
  else if constexpr (requires { typename T::allocator_type; })
    return value.is_array() && std::ranges::all_of(value, holds<typename T::value_type>);
  else
    return value.is_number_unsigned();
}

/// Reads the values of one ctnn.run; what it throws names the file.
class Reader {
public:
  explicit Reader(const ctnn::io::Checkpoint& checkpoint) : file_(checkpoint.name) {
    const auto& metadata = checkpoint.file.metadata;
    const auto found = metadata.find(run_key);
    if (found == metadata.end()) wrong(fmt::format("no {} in its __metadata__", run_key));
    json_ = ordered_json::parse(found->second, nullptr, false);
    if (!json_.is_object()) wrong(fmt::format("{} is not a JSON object", run_key));
  }

  template <class T>
  T get(std::string_view name) const {
    const auto at = json_.find(name);
    if (at == json_.end()) wrong(fmt::format("{} has no {}", run_key, name));
    if (!holds<T>(*at)) wrong(fmt::format("{} has a {} of another type", run_key, name));
    if constexpr (std::same_as<T, std::optional<double>>)
      return at->is_null() ? T() : T(at->template get<double>());
    else
      return at->template get<T>();
  }

  bool has(std::string_view name) const { return json_.contains(name); }

  template <class T>
  T get(std::string_view name, const auto& range) const {
    if constexpr (std::is_enum_v<T>) {
      const auto word = get<std::string>(name);
      const auto value = from_word<T>(word);
      if (!value)
        wrong(fmt::format("{} is \"{}\", expected one of {}", name, ctnn::io::printable(word, 40),
                          fmt::join(words<T>(), ", ")));
      return *value;
    } else if constexpr (std::same_as<T, Milestones>) {
      const auto epochs = get<std::vector<std::uint64_t>>(name);
      if (!range.holds(epochs))
        wrong(fmt::format("{} are {}, expected {}", name, fmt::join(epochs, ","), range.bounds()));
      return T(epochs);
    } else {
      const T value = get<T>(name);
      if constexpr (!std::same_as<T, bool>)
        if (!range.holds(value))
          wrong(fmt::format("{} is {}, expected {}", name, value, range.bounds()));
      return value;
    }
  }

  /// What find(name) gives for the name in the field of that name.
  template <class Find>
  auto row(const char* field, const char* what, Find&& find) const {
    const auto name = get<std::string>(field);
    const auto found = find(name);
    if (!found) wrong(fmt::format("no {} is called \"{}\"", what, ctnn::io::printable(name, 40)));
    return found;
  }

  [[noreturn]] void wrong(std::string_view what) const {
    throw ctnn::Error(
        ctnn::ErrorCode::bad_checkpoint,
        fmt::format("{}: is not the state of a run: {}", ctnn::io::printable(file_), what));
  }

private:
  std::string file_;
  ordered_json json_;
};

} // namespace

double learning_rate(const RunState& run, std::uint64_t step, std::size_t steps_per_epoch) {
  const std::vector<double>& rates = run.plateau_rates;
  const std::size_t epoch = std::min<std::size_t>(step / steps_per_epoch, rates.size());
  return learning_rate(run.recipe, epoch == 0 ? run.recipe.lr : rates[epoch - 1], step,
                       steps_per_epoch);
}

ordered_json recipe_values(const Recipe& recipe) {
  ordered_json json{{"recipe", recipe.name}};
  visit_fields(recipe, [&]<class T>(const Field& field, const T& value, const auto&) {
    if (!field.is_of(recipe)) return;
    if constexpr (std::is_enum_v<T>)
      json[std::string(field.name)] = name(value).word;
    else
      json[std::string(field.name)] = to_json(value);
  });
  return json;
}

void save_state(const std::filesystem::path& path, Engine& engine, const RunState& run) {
  ordered_json json{{"dataset", run.dataset.name}};
  json.update(recipe_values(run.recipe));
  visit_values(run, [&](const char* name, const auto& value) { json[name] = to_json(value); });
  auto metadata = trained_on(run.dataset, run.seen);
  // A path need not be UTF-8, JSON must.
  metadata[run_key] = json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  engine.save_state(path, metadata);
}

ctnn::io::Checkpoint read_state(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error) && !error)
    throw ctnn::Error(
        ctnn::ErrorCode::bad_checkpoint,
        fmt::format("{}: no such file, expected the state of a run that was started with --out",
                    ctnn::io::printable(path.native())));
  return ctnn::io::read_checkpoint(path);
}

RunState run_state(const ctnn::io::Checkpoint& checkpoint) {
  const Reader reader(checkpoint);
  RunState run{.dataset = *reader.row("dataset", "data set", find_dataset),
               .recipe = *reader.row("recipe", "recipe", find_recipe)};
  visit_fields(run.recipe, [&]<class T>(const Field& field, T& value, const auto& range) {
    if (field.is_of(run.recipe) && (!field.newer || reader.has(field.name)))
      value = reader.get<T>(field.name, range);
  });
  run.plateau = make_plateau(run.recipe);
  visit_values(run, [&]<class T>(const char* name, T& value) { value = reader.get<T>(name); });
  // Once all epochs are done, the one under way is the one after the last.
  if (const std::size_t epoch = run.progress.epoch; epoch < 1 || epoch > run.recipe.epochs + 1)
    reader.wrong(fmt::format("epoch is {}, expected 1 to {}", epoch, run.recipe.epochs + 1));
  const Progress& now = run.progress;
  if (now.best_epoch >= now.epoch)
    reader.wrong(
        fmt::format("best_epoch is {}, expected one before {}", now.best_epoch, now.epoch));
  if (now.done.correct > now.done.samples)
    reader.wrong(fmt::format("{} of {} samples are correct", now.done.correct, now.done.samples));
  if (const auto found =
          contradiction(run.recipe, [](std::string_view field) { return std::string(field); }))
    reader.wrong(fmt::format("{} {}", found->field, found->what));
  for (const double rate : run.plateau_rates) {
    if (!(rate > 0 && rate <= run.recipe.lr))
      reader.wrong(
          fmt::format("plateau_rates has {}, expected one in (0, {}]", rate, run.recipe.lr));
    run.plateau.lr = rate;
  }
  if (run.recipe.scheduler == Scheduler::plateau && run.plateau_rates.size() != now.epoch - 1)
    reader.wrong(fmt::format("plateau_rates are {}, expected {} in epoch {}",
                             run.plateau_rates.size(), now.epoch - 1, now.epoch));
  return run;
}

} // namespace trainer
