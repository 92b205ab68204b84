#include "run_folder.hpp"

#include <algorithm>
#include <cerrno>
#include <concepts>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <ctnn/core/error.hpp>
#include <ctnn/io/file.hpp>
#include <ctnn/io/message.hpp>

#include "recipes.hpp"

namespace trainer {
namespace {

using ctnn::io::cannot_write;
using nlohmann::ordered_json;

constexpr const char* run_key = "ctnn.run";
constexpr std::size_t max_count = 1'000'000'001; // the command line's, and the epoch after the last

/// visit(name, value) for every value: writing and reading cannot differ then.
template <class Recipe, class Visit>
void for_each_value_of_recipe(Recipe& recipe, Visit&& visit) {
  visit("recipe", recipe.name);
  visit("epochs", recipe.epochs);
  visit("batch_size", recipe.batch_size);
  visit("lr", recipe.lr);
  visit("momentum", recipe.momentum);
  visit("weight_decay", recipe.weight_decay);
  visit("step_size", recipe.step_size);
  visit("gamma", recipe.gamma);
  visit("seed", recipe.seed);
  visit("limit", recipe.limit);
  visit("shuffle", recipe.shuffle);
  visit("augment", recipe.augment);
}

template <class Run, class Visit>
void for_each_value(Run& run, Visit&& visit) {
  visit("dataset", run.dataset);
  visit("data", run.data);
  visit("data_crc32", run.data_crc32);
  visit("network_crc32", run.network_crc32);
  visit("instruction_set", run.instruction_set);
  for_each_value_of_recipe(run.recipe, visit);
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
}

/// Stricter than nlohmann's get(), which takes -1 for 18446744073709551615.
template <class T>
bool holds(const ordered_json& value) {
  if constexpr (std::same_as<T, bool>)
    return value.is_boolean();
  else if constexpr (std::same_as<T, std::string>)
    return value.is_string();
  else if constexpr (std::same_as<T, double>)
    return value.is_number();
  else
    return value.is_number_unsigned();
}

} // namespace

nlohmann::ordered_json recipe_values(const Recipe& recipe) {
  ordered_json json;
  for_each_value_of_recipe(recipe,
                           [&](const char* name, const auto& value) { json[name] = value; });
  return json;
}

void RunFolder::make() const {
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  if (error) cannot_write(folder_, error.value());
  for (const auto& path : {state(), last(), best(), report()})
    ctnn::io::remove_stale_temporaries(path);
}

void RunFolder::open_log() {
  // Not "a": a device such as /dev/full cannot be cut, and fails when it is written to.
  // O_NONBLOCK: opening a pipe that nobody reads would wait for ever.
  const int file = ::open(metrics().c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666);
  if (file < 0) cannot_write(metrics(), errno);
  log_.reset(::fdopen(file, "w"));
  if (::flock(file, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    ctnn::io::fail(ctnn::ErrorCode::cannot_write, metrics().native(),
                   "cannot write: another process trains in this folder");
}

bool RunFolder::cut_log(std::uint64_t bytes) {
  const int file = ::fileno(log_.get());
  const off_t size = ::lseek(file, 0, SEEK_END);
  if (size < 0) cannot_write(metrics(), errno);
  const bool whole = size >= static_cast<off_t>(bytes);
  const off_t end = whole ? static_cast<off_t>(bytes) : size;
  if (size > end && ::ftruncate(file, end) != 0) cannot_write(metrics(), errno);
  std::fseek(log_.get(), end, SEEK_SET);
  if (!whole && size > 0) std::fputc('\n', log_.get()); // the last line may be half a one
  return whole;
}

void RunFolder::log(const ordered_json& fields) {
  ordered_json line{{"schema", 1}};
  line.update(fields);
  const std::string text = line.dump() + '\n';
  if (std::fwrite(text.data(), 1, text.size(), log_.get()) != text.size() ||
      std::fflush(log_.get()) != 0)
    cannot_write(metrics(), errno);
}

void RunFolder::save_state(Engine& engine, RunState& run) {
  // What the state counts of the log must outlive a power failure too. EINVAL: no such operation.
  if (ctnn::io::sync(::fileno(log_.get())) != 0 && errno != EINVAL) cannot_write(metrics(), errno);
  run.log_bytes = static_cast<std::uint64_t>(std::ftell(log_.get()));
  ordered_json json;
  for_each_value(run, [&](const char* name, const auto& value) { json[name] = value; });
  // A path need not be UTF-8, JSON must.
  engine.save_state(state(),
                    {{run_key, json.dump(-1, ' ', false, ordered_json::error_handler_t::replace)}});
}

void RunFolder::save(Engine& engine, RunState& run) {
  save_state(engine, run);
  engine.save_weights(last(), {{"ctnn.epoch", fmt::format("{}", run.progress.epoch - 1)}});
}

ctnn::io::Checkpoint read_run(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / state_name;
  std::error_code error;
  if (!std::filesystem::exists(path, error) && !error)
    ctnn::io::fail(ctnn::ErrorCode::bad_checkpoint, path.native(),
                   "no such file, expected the state of a run that was started with --out");
  return ctnn::io::read_checkpoint(path);
}

RunState read_run_state(const ctnn::io::Checkpoint& checkpoint) {
  const auto wrong = [&](std::string_view what) {
    ctnn::io::fail(ctnn::ErrorCode::bad_checkpoint, checkpoint.name,
                   "is not the state of a run: {}", what);
  };
  const auto found = checkpoint.file.metadata.find(run_key);
  if (found == checkpoint.file.metadata.end())
    wrong(fmt::format("no {} in its __metadata__", run_key));
  const ordered_json json = ordered_json::parse(found->second, nullptr, false);
  if (!json.is_object()) wrong(fmt::format("{} is not a JSON object", run_key));
  RunState run;
  for_each_value(run, [&]<class T>(const char* name, T& value) {
    const auto at = json.find(name);
    if (at == json.end()) wrong(fmt::format("{} has no {}", run_key, name));
    if (!holds<T>(*at)) wrong(fmt::format("{} has a {} of another type", run_key, name));
    value = at->template get<T>();
  });
  const Recipe& recipe = run.recipe;
  for (const auto& [name, value] :
       {std::pair("epochs", recipe.epochs), std::pair("batch_size", recipe.batch_size),
        std::pair("step_size", recipe.step_size), std::pair("epoch", run.progress.epoch)})
    if (value == 0 || value > max_count)
      wrong(fmt::format("{} is {}, expected 1 to {}", name, value, max_count));
  if (std::ranges::count(recipe_names(), run.recipe.name) == 0)
    wrong(fmt::format("no recipe is called \"{}\"", ctnn::io::printable(run.recipe.name, 40)));
  return run;
}

} // namespace trainer
