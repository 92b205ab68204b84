#include "resume_checks.hpp"

#include <string>

#include <ctnn/core/error.hpp>
#include <ctnn/io/checkpoint.hpp>

#include "checksums.hpp"
#include "engine.hpp"
#include "output.hpp"

namespace trainer {
namespace {

using ctnn::Error;
using ctnn::ErrorCode;

/// "recipe fast", or the scheduler where that is not the recipe's own.
std::string plan_of(const Recipe& recipe) {
  return find_recipe(recipe.name)->scheduler == recipe.scheduler
             ? format("recipe {}", recipe.name)
             : std::string(name(recipe.scheduler).full);
}

} // namespace

RunState with_options(RunState run, const TrainOptions& options) {
  const Progress& now = run.progress;
  const std::size_t begun = now.epoch - (now.done.samples == 0 ? 1 : 0);
  if (options.epochs_given && options.recipe.epochs != run.recipe.epochs) {
    if (options.recipe.epochs < begun)
      throw Error(ErrorCode::bad_argument,
                  format("--epochs: expected at least the {} that the run has begun, found {}",
                         begun, options.recipe.epochs));
    if (plans_epochs(run.recipe))
      throw Error(ErrorCode::bad_argument,
                  format("--epochs: the learning rates of {} were planned for {} epochs",
                         plan_of(run.recipe), run.recipe.epochs));
    run.recipe.epochs = options.recipe.epochs;
    if (const auto found = contradiction(run.recipe, [](auto field) { return option_of(field); }))
      throw Error(ErrorCode::bad_argument, format("{}: {}", found->field, found->what));
  }
  if (options.patience_given) run.patience = options.patience;
  return run;
}

void require_same_data(const RunState& run, std::uint64_t found,
                       const std::filesystem::path& folder) {
  if (found != run.data_crc32)
    throw Error(ErrorCode::bad_data,
                format("{}: not the images that the run began with: CRC-32 {:08x}, expected {:08x}",
                       folder.string(), found, run.data_crc32));
}

void require_place(const RunState& run, const ctnn::io::Checkpoint& checkpoint, std::size_t samples,
                   std::uint64_t steps) {
  const std::size_t done = run.progress.done.samples, batch = run.recipe.batch_size;
  if (done > samples || (done % batch != 0 && done != samples))
    throw Error(ErrorCode::bad_checkpoint,
                format("{}: {} samples of an epoch are done, expected whole batches of {}",
                       checkpoint.name, done, batch));
  const auto batches = [batch](std::size_t count) { return (count + batch - 1) / batch; };
  const std::size_t implied = (run.progress.epoch - 1) * batches(samples) + batches(done);
  if (steps != implied)
    throw Error(ErrorCode::bad_checkpoint,
                format("{}: {} steps are made, expected {} at this place of the run",
                       checkpoint.name, steps, implied));
}

void require_same_program(const RunState& run, const ctnn::io::Checkpoint& checkpoint) {
  if (run.network_crc32 != network_crc32())
    throw Error(ErrorCode::bad_checkpoint,
                format("{}: of a network with other layers", checkpoint.name));
  if (run.instruction_set != instruction_set)
    note(format("the run began with {}, this program uses {}: the weights will not be the same "
                "bits as without the interruption",
                run.instruction_set, instruction_set));
}

} // namespace trainer
