// `train`: a new run or one to go on with, and what people see of it.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include <ctnn/core/error.hpp>
#include <ctnn/io/checkpoint.hpp>
#include <ctnn/io/message.hpp>

#include "checksums.hpp"
#include "commands.hpp"
#include "engine.hpp"
#include "output.hpp"
#include "progress_bar.hpp"
#include "resume_checks.hpp"
#include "run.hpp"
#include "scores.hpp"
#include "signals.hpp"

namespace trainer {
namespace {

std::filesystem::path this_program() {
  std::error_code error;
  const std::filesystem::path path = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? std::filesystem::path(CTNN_PROGRAM) : path;
}

/// Says on standard error which names only the file or only the network has, if there are any.
void note_differences(const std::filesystem::path& path, const ctnn::LoadResult& loaded) {
  const auto file = ctnn::io::printable(path.native());
  if (!loaded.missing.empty())
    note(fmt::format("{} lacks {}", file, fmt::join(loaded.missing, ", ")));
  if (!loaded.unexpected.empty())
    note(fmt::format("{} has {} too many", file, fmt::join(loaded.unexpected, ", ")));
}

RunState new_state(const TrainOptions& options) {
  const Dataset dataset = options.data.located();
  const auto absolute = [](const std::filesystem::path& path) {
    return path.empty() ? std::string() : std::filesystem::absolute(path).string();
  };
  return {.dataset = dataset,
          .data = absolute(dataset.source.path),
          .test = absolute(dataset.source.test),
          .network_crc32 = network_crc32(),
          .recipe = options.recipe,
          .patience = options.patience,
          .instruction_set = std::string(instruction_set)};
}

/// The last training images are for validation, whatever the limit of the others: so runs with other
/// limits and seeds choose by the same images.
/// Assigns what is seen of them.
Images images_of(RunState& state) {
  const Recipe& recipe = state.recipe;
  SampleSet train = load_samples(state.dataset, ctnn::Split::train);
  SampleSet test = load_samples(state.dataset, ctnn::Split::test, {{}, train.classes()});
  Images images{std::move(train), std::nullopt, std::move(test)};
  const std::size_t held = validation_images(recipe, images.train.size());
  if (held >= images.train.size())
    throw ctnn::Error(ctnn::ErrorCode::bad_argument,
                      format("--validation: expected fewer than the {} training images, found {}",
                             images.train.size(), held));
  if (recipe.validation > 0 && held == 0)
    throw ctnn::Error(ctnn::ErrorCode::bad_argument,
                      format("--validation: {} of the {} training images is none",
                             recipe.validation, images.train.size()));
  if (held > 0) images.validation = images.train.split_off(held);
  if (recipe.limit > 0) images.train.truncate(recipe.limit);
  state.seen = seen(state.dataset, images.train);
  images.train.normalize(state.seen.normalization);
  if (images.validation) images.validation->normalize(state.seen.normalization);
  images.test.normalize(state.seen.normalization);
  return images;
}

/// A run that is neither begun nor resumed.
Run make_run(const TrainOptions& options, RunState state, Images images) {
  auto engine = make_engine({.seed = state.recipe.seed,
                             .threads = options.data.threads,
                             .label_smoothing = state.recipe.label_smoothing,
                             .optimizer = make_optimizer(state.recipe),
                             .step = state.recipe.step_options});
  return {std::move(state), std::move(images), std::move(engine), RunFolder(options.output())};
}

/// PyTorch's OneCycleLR divides by the length of the way up, from the first step to its last.
/// `what` has asked for the run.
void require_way_up(const Run& run, ctnn::ErrorCode code, std::string_view what) {
  const Recipe& recipe = run.state().recipe;
  const std::size_t steps = recipe.epochs * run.batches();
  if (recipe.scheduler == Scheduler::onecycle && recipe.pct_start * static_cast<double>(steps) == 1)
    throw ctnn::Error(code, format("{}: {} of the run's {} steps is one step, and the way up needs "
                                   "none or more",
                                   what, recipe.pct_start, steps));
}

Run new_run(const TrainOptions& options) {
  require_own_options(options.data, options.data.dataset);
  RunState state = new_state(options);
  if (state.dataset.kind->table && (state.recipe.crop > 0 || state.recipe.flip))
    throw ctnn::Error(ctnn::ErrorCode::bad_argument,
                      format("--{}: is of images, and {} is a table",
                             state.recipe.flip ? "flip" : "crop", state.dataset.name));
  if (!options.force) RunFolder(options.output()).require_unused(); // before minutes of anything
  Images images = images_of(state);
  state.data_crc32 = data_crc32(images);
  const std::size_t samples = images.train.size(), batch = state.recipe.batch_size;
  Run run = make_run(options, std::move(state), std::move(images));
  require_way_up(run, ctnn::ErrorCode::bad_argument, "--pct-start");
  if (!options.init.empty())
    note_differences(options.init,
                     run.engine().load_weights(options.init, {.strict = options.strict}));
  run.begin(options.force);
  if (batch > samples)
    note(format("a batch of {} is more than the {} training images: each epoch is one step", batch,
                samples));
  return run;
}

Run resumed_run(const TrainOptions& options) {
  const ctnn::io::Checkpoint checkpoint = read_state(RunFolder(options.resume).state());
  RunState state = with_options(run_state(checkpoint), options);
  const DataOptions& data = options.data;
  Source& source = state.dataset.source;
  source.path = data.directory.empty() ? std::filesystem::path(state.data) : data.directory;
  source.test = data.test.empty() ? std::filesystem::path(state.test) : data.test;
  Images images = images_of(state);
  require_same_data(state, data_crc32(images), source.path);
  Run run = make_run(options, std::move(state), std::move(images));
  require_way_up(run, ctnn::ErrorCode::bad_checkpoint, checkpoint.name + ": pct_start");
  run.resume(checkpoint);
  return run;
}

/// Standard output, which --quiet leaves empty.
struct Console {
  bool quiet;

  template <class... Args>
  void say(fmt::format_string<Args...> text, const Args&... args) const {
    if (quiet) return;
    try {
      print(text, args...);
    } catch (const ctnn::Error&) {
      // Ctrl-C also ends the tee that reads this, and a terminal that closes takes no more lines.
      if (caught_signal() == 0) throw;
    }
  }

  void say_next_lr(const Run& run) const {
    say("Adjusting learning rate of group 0 to {:.4e}.\n", run.next_lr());
  }
};

void show(ProgressBar& bar, const Run& run) {
  const Progress& now = run.progress();
  bar.update(run.batches_done(),
             format("Train: Loss={:.4f} Batch_id={} Accuracy={:.2f}", now.last_loss,
                    run.batches_done() - 1, 100 * now.done.accuracy()),
             format("lr={:.4g}, img/s={:.0f}", run.lr(),
                    static_cast<double>(now.done.samples) / now.seconds));
}

[[noreturn]] void stop(Run& run) {
  const int signal = caught_signal();
  run.stop(signal_name(signal));
  throw Stopped(signal,
                format("{} after batch {} of epoch {}: saved; resume with {} train --resume {}",
                       signal_name(signal), run.batches_done(), run.progress().epoch,
                       shell_word(this_program()), shell_word(run.folder().path())));
}

/// What is left of the epoch, in the words of the assignment's notebook.
void epoch(Run& run, const Console& console, std::size_t save_every) {
  console.say("Epoch {}\n", run.progress().epoch);
  std::optional<ProgressBar> bar;
  if (!console.quiet) bar.emplace(run.batches(), run.batches_done());
  const auto [train, validation, test, last_loss] = run.epoch([&] {
    if (bar) show(*bar, run);
    if (caught_signal() != 0) {
      bar.reset();
      stop(run);
    }
    if (save_every > 0 && run.engine().steps() % save_every == 0) run.save();
  });
  bar.reset();
  console.say("Train: Loss={:.4f} Batch_id={} Accuracy={:.2f}\n", last_loss, run.batches() - 1,
              100 * train.accuracy());
  if (validation) console.say("{}", score_line(*validation, "Validation set"));
  if (test) console.say("{}", score_line(*test));
  console.say_next_lr(run);
}

} // namespace

void train(const TrainOptions& options) {
  Run run = options.resume.empty() ? new_run(options) : resumed_run(options);
  catch_signals();

  const Console console{options.quiet};
  console.say_next_lr(run);
  while (!run.over()) {
    epoch(run, console, options.save_every);
    if (caught_signal() != 0 && !run.over()) stop(run);
  }
  if (run.out_of_patience())
    console.say("Early stopping: epoch {} was the best, and {} more were no better.\n",
                run.progress().best_epoch, run.state().patience);
  const ctnn::Score best = run.finish();
  if (run.state().recipe.validation > 0) console.say("{}", score_line(best));
  const RunFolder& folder = run.folder();
  const auto name = [](const std::filesystem::path& path) {
    return ctnn::io::printable(path.native());
  };
  console.say("Saved {}, {} and {}\n", name(folder.last()), name(folder.best()),
              name(folder.report()));
}

} // namespace trainer
