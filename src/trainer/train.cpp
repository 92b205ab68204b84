// `train`: a new run or one to go on with, epoch by epoch, saved so that a kill at any moment loses
// nothing but the steps since.

#include <chrono>
#include <cmath>
#include <csignal>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include <ctnn/core/error.hpp>
#include <ctnn/train/epoch.hpp>

#include "commands.hpp"
#include "engine.hpp"
#include "files.hpp"
#include "output.hpp"
#include "progress_bar.hpp"
#include "recipes.hpp"
#include "run_folder.hpp"
#include "run_report.hpp"
#include "scores.hpp"
#include "signals.hpp"

namespace trainer {
namespace {

using Clock = std::chrono::steady_clock;

const char* name_of(int signal) {
  return signal == SIGINT ? "SIGINT" : signal == SIGTERM ? "SIGTERM" : "SIGHUP";
}

std::filesystem::path this_program() {
  std::error_code error;
  const std::filesystem::path path = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? std::filesystem::path(CTNN_PROGRAM) : path;
}

/// As a shell takes it for one word.
std::string shell_word(const std::filesystem::path& path) {
  constexpr const char* plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./+,:@%";
  const std::string& text = path.native();
  if (text.find_first_not_of(plain) == text.npos) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + '\'';
}

class Training {
public:
  /// With `checkpoint`, goes on from there.
  Training(const TrainOptions& options, RunState run, const ctnn::io::Checkpoint* checkpoint)
      : options_(options), run_(std::move(run)), train_(load_images(data(), ctnn::Split::train)),
        test_(load_images(data(), ctnn::Split::test)), probe_(test_), batches_(0),
        engine_(make_engine({.seed = run_.recipe.seed,
                             .threads = options.data.threads,
                             .weight_decay = run_.recipe.weight_decay,
                             .nesterov = nesterov(run_.recipe)})),
        folder_(options.output()) {
    if (run_.recipe.limit > 0) train_.truncate(run_.recipe.limit);
    probe_.truncate(64); // few, because they are tested before each save
    batches_ = (train_.size() + run_.recipe.batch_size - 1) / run_.recipe.batch_size;
    const std::uint64_t found = data_crc32(train_, test_);
    if (!checkpoint) {
      run_.data_crc32 = found;
      begin();
    } else if (found == run_.data_crc32) {
      go_on(*checkpoint);
    } else {
      throw ctnn::Error(ctnn::ErrorCode::bad_data,
                        format("{}: not the images that the run began with: CRC-32 {:08x}, "
                               "expected {:08x}",
                               data().path().string(), found, run_.data_crc32));
    }
  }

  void run() {
    say("Adjusting learning rate of group 0 to {:.4e}.\n", next_rates().lr);
    while (progress().epoch <= run_.recipe.epochs && !out_of_patience()) epoch();
    if (!evaluated_) evaluate(*engine_, test_, outputs_); // nothing was left to do
    if (out_of_patience())
      say("Early stopping: epoch {} was the best, and {} more were no better.\n",
          progress().best_epoch, run_.patience);
    folder_.log({{"event", "end"},
                 {"reason", out_of_patience() ? "early stopping" : "finished"},
                 {"best_epoch", progress().best_epoch},
                 {"best_test_accuracy", progress().best_accuracy}});
    write_run_report(folder_, run_, train_, test_, outputs_);
    say("Saved {}, {} and {}\n", folder_.last().string(), folder_.best().string(),
        folder_.report().string());
  }

private:
  Progress& progress() { return run_.progress; }
  const DataOptions& data() const { return options_.data; }

  template <class... Args>
  void say(fmt::format_string<Args...> text, const Args&... args) const {
    if (options_.quiet) return;
    try {
      print(text, args...);
    } catch (const ctnn::Error&) {
      // Ctrl-C also ends the tee that reads this, and a terminal that closes takes no more lines.
      if (caught_signal() == 0) throw;
    }
  }

  void begin() {
    if (!options_.init.empty()) {
      const auto loaded = engine_->load_weights(options_.init, {.strict = options_.strict});
      note_differences(options_.init, loaded);
    }
    // From here on, a kill leaves this run to go on with. The weights of one that was here before
    // stay until the first epoch is over: this one may diverge.
    folder_.make();
    folder_.open_log();
    folder_.save_state(*engine_, run_);
    folder_.cut_log(0);
    log_start();
    catch_signals();
  }

  void go_on(const ctnn::io::Checkpoint& checkpoint) {
    engine_->load_state(checkpoint);
    const std::size_t done = progress().done.samples;
    if (done > train_.size() || (done % run_.recipe.batch_size != 0 && done != train_.size()))
      throw ctnn::Error(ctnn::ErrorCode::bad_checkpoint,
                        format("{}: {} samples of an epoch are done, expected whole batches of {}",
                               checkpoint.name, done, run_.recipe.batch_size));
    const std::size_t implied = (progress().epoch - 1) * batches_ + batches_done();
    if (engine_->steps() != implied)
      throw ctnn::Error(ctnn::ErrorCode::bad_checkpoint,
                        format("{}: {} steps are made, expected {} at this place of the run",
                               checkpoint.name, engine_->steps(), implied));
    if (run_.network_crc32 != network_crc32())
      throw ctnn::Error(ctnn::ErrorCode::bad_checkpoint,
                        format("{}: of a network with other layers", checkpoint.name));
    if (run_.instruction_set != instruction_set)
      note(format("the run began with {}, this program uses {}: the weights will not be the same "
                  "bits as without the interruption",
                  run_.instruction_set, instruction_set));
    folder_.make();
    folder_.open_log();
    if (!folder_.cut_log(run_.log_bytes)) {
      note(format("{}: shorter than the run had left it; goes on at its end",
                  folder_.metrics().string()));
      log_start();
    } else if (run_.log_bytes == 0) {
      log_start();
    }
    folder_.log({{"event", "resume"},
                 {"epoch", progress().epoch},
                 {"batch", done / run_.recipe.batch_size},
                 {"step", engine_->steps()}});
    if (engine_->steps() > 0) folder_.save(*engine_, run_); // the kill may have come between both
    catch_signals();
  }

  void log_start() {
    nlohmann::ordered_json line{{"event", "start"},
                                {"dataset", run_.dataset},
                                {"parameters", network_facts().parameters},
                                {"train_samples", train_.size()},
                                {"test_samples", test_.size()}};
    line.update(recipe_values(run_.recipe));
    line.update({{"patience", run_.patience},
                 {"threads", engine_->threads()},
                 {"instruction_set", instruction_set}});
    folder_.log(line);
  }

  std::size_t batches_done() const {
    return (run_.progress.done.samples + run_.recipe.batch_size - 1) / run_.recipe.batch_size;
  }

  Rates next_rates() const { return rates(run_.recipe, engine_->steps(), batches_); }

  bool out_of_patience() const {
    const Progress& now = run_.progress;
    return run_.patience > 0 && now.best_epoch > 0 && now.epoch > now.best_epoch + run_.patience;
  }

  void epoch() {
    say("Epoch {}\n", progress().epoch);
    const double lr = next_rates().lr;
    const ctnn::Score score = steps();
    const double last_loss = progress().last_loss;
    const ctnn::Score tested = evaluate(*engine_, test_, outputs_);
    evaluated_ = true;
    require_finite(tested.loss());
    finish_epoch(lr, score, tested); // before a line is printed, which may fail
    say("Train: Loss={:.4f} Batch_id={} Accuracy={:.2f}\n", last_loss, batches_ - 1,
        100 * score.accuracy());
    say("{}", test_line(tested));
    say("Adjusting learning rate of group 0 to {:.4e}.\n", next_rates().lr);
    if (caught_signal() != 0 && progress().epoch <= run_.recipe.epochs) stop();
  }

  /// The steps of the epoch that are not done yet.
  ctnn::Score steps() {
    const Samples samples{train_, transform(run_.recipe), run_.recipe.seed,
                          static_cast<std::uint32_t>(progress().epoch)};
    std::optional<ProgressBar> bar;
    if (!options_.quiet) bar.emplace(batches_, batches_done());
    set_rates();
    Clock::time_point before = Clock::now();
    return ctnn::train_epoch(
        *engine_, samples,
        {.batch_size = run_.recipe.batch_size,
         .shuffle = run_.recipe.shuffle,
         .seed = run_.recipe.seed,
         .epoch = samples.epoch,
         .done = progress().done},
        [&](const ctnn::Score& batch, const ctnn::Score& so_far) {
          const Clock::time_point now = Clock::now();
          progress().seconds += std::chrono::duration<double>(now - before).count();
          before = now;
          if (!std::isfinite(batch.loss())) require_finite(batch.loss());
          progress().done = so_far;
          progress().last_loss = batch.loss();
          if (bar) show(*bar, so_far);
          if (caught_signal() != 0) {
            bar.reset();
            stop();
          }
          if (options_.save_every > 0 && engine_->steps() % options_.save_every == 0) save();
          set_rates();
        });
  }

  void set_rates() {
    rates_ = next_rates();
    engine_->set_rates(rates_.lr, rates_.momentum);
  }

  void show(ProgressBar& bar, const ctnn::Score& so_far) {
    bar.update(batches_done(),
               format("Train: Loss={:.4f} Batch_id={} Accuracy={:.2f}", progress().last_loss,
                      batches_done() - 1, 100 * so_far.accuracy()),
               format("lr={:.4g}, img/s={:.0f}", rates_.lr,
                      static_cast<double>(so_far.samples) / progress().seconds));
  }

  [[noreturn]] void stop() {
    const char* const name = name_of(caught_signal());
    folder_.log({{"event", "end"},
                 {"reason", "signal"},
                 {"signal", name},
                 {"best_epoch", progress().best_epoch},
                 {"best_test_accuracy", progress().best_accuracy}});
    save();
    throw Stopped(caught_signal(),
                  format("{} after batch {} of epoch {}: saved; resume with {} train --resume {}",
                         name, batches_done(), progress().epoch, shell_word(this_program()),
                         shell_word(folder_.path())));
  }

  void finish_epoch(double lr, const ctnn::Score& score, const ctnn::Score& tested) {
    const std::size_t number = progress().epoch;
    const bool best = progress().best_epoch == 0 || tested.accuracy() > progress().best_accuracy;
    if (best) {
      progress().best_epoch = number;
      progress().best_accuracy = tested.accuracy();
    }
    nlohmann::ordered_json line{
        {"event", "epoch"},
        {"epoch", number},
        {"step", engine_->steps()},
        {"lr", lr},
        {"train_loss", score.loss()},
        {"train_accuracy", score.accuracy()},
        {"test_loss", tested.loss()},
        {"test_accuracy", tested.accuracy()},
        {"test_correct", tested.correct},
    };
    line.update(class_scores(outputs_, test_));
    line.update({{"seconds", progress().seconds},
                 {"images_per_second", static_cast<double>(train_.size()) / progress().seconds},
                 {"best", best}});
    // The best first: should the program die now, the state is of before, and makes it again.
    if (best) engine_->save_weights(folder_.best(), {{"ctnn.epoch", format("{}", number)}});
    folder_.log(line);
    progress() = {.epoch = number + 1,
                  .best_epoch = progress().best_epoch,
                  .best_accuracy = progress().best_accuracy};
    folder_.save(*engine_, run_);
    write_run_report(folder_, run_, train_, test_, outputs_);
  }

  void save() {
    // The last step may have ruined weights whose loss is not known yet.
    require_finite(engine_->evaluate(probe_, {}).loss());
    folder_.save(*engine_, run_);
  }

  void require_finite(double loss) {
    if (!engine_->finite()) diverged("a weight is not finite");
    if (!std::isfinite(loss))
      diverged(std::isnan(loss) ? "the loss is nan" : "the loss is infinite");
  }
  /// What is on disk stays what it was at the last save.
  [[noreturn]] void diverged(const std::string& what) {
    folder_.log({{"event", "error"},
                 {"code", 6}, // the exit code
                 {"epoch", progress().epoch},
                 {"step", engine_->steps()},
                 {"lr", rates_.lr},
                 {"train_loss", nullptr}});
    throw ctnn::Error(
        ctnn::ErrorCode::diverged,
        format("training diverged: {} in epoch {}, step {}, with a learning rate of {}", what,
               progress().epoch, engine_->steps(), rates_.lr));
  }

  const TrainOptions& options_;
  RunState run_;
  ctnn::ImageDataset train_, test_;
  ctnn::ImageDataset probe_; ///< some of the test images
  std::size_t batches_;      ///< an epoch
  std::unique_ptr<Engine> engine_;
  RunFolder folder_;
  Outputs outputs_;        ///< of the test images, after the last epoch
  bool evaluated_ = false; ///< whether they are there
  Rates rates_{};          ///< of the step under way
};

RunState fresh(const TrainOptions& options) {
  return {.dataset = options.data.dataset,
          .data = std::filesystem::absolute(options.data.path()).string(),
          .network_crc32 = network_crc32(),
          .recipe = options.recipe,
          .patience = options.patience,
          .instruction_set = std::string(instruction_set)};
}

RunState continued(const ctnn::io::Checkpoint& checkpoint, const TrainOptions& options) {
  RunState run = read_run_state(checkpoint);
  const Progress& now = run.progress;
  const std::size_t begun = now.epoch - (now.done.samples == 0 ? 1 : 0);
  if (options.epochs_given && options.recipe.epochs != run.recipe.epochs) {
    if (options.recipe.epochs < begun)
      throw ctnn::Error(
          ctnn::ErrorCode::bad_argument,
          format("--epochs: expected at least the {} that the run has begun, found {}", begun,
                 options.recipe.epochs));
    if (one_cycle(run.recipe))
      throw ctnn::Error(
          ctnn::ErrorCode::bad_argument,
          format("--epochs: the learning rates of recipe {} were planned for {} epochs",
                 run.recipe.name, run.recipe.epochs));
    run.recipe.epochs = options.recipe.epochs;
  }
  if (options.patience_given) run.patience = options.patience;
  return run;
}

} // namespace

void train(const TrainOptions& options) {
  if (options.resume.empty()) {
    Training(options, fresh(options), nullptr).run();
  } else {
    const ctnn::io::Checkpoint checkpoint = read_run(options.resume);
    TrainOptions resumed = options;
    RunState run = continued(checkpoint, options);
    resumed.data.dataset = run.dataset;
    if (resumed.data.directory.empty()) resumed.data.directory = run.data;
    Training(resumed, std::move(run), &checkpoint).run();
  }
}

} // namespace trainer
