#include "run.hpp"

#include <chrono>
#include <cmath>
#include <string>
#include <utility>

#include <ctnn/core/error.hpp>
#include <ctnn/io/load_options.hpp>
#include <ctnn/train/epoch.hpp>

#include "output.hpp"
#include "recipe.hpp"
#include "resume_checks.hpp"
#include "run_report.hpp"
#include "samples.hpp"

namespace trainer {
namespace {

constexpr std::size_t probes = 64; // few, because they are tested before each save

SampleSet first_of(SampleSet images, std::size_t count) {
  images.truncate(count);
  return images;
}

} // namespace

Run::Run(RunState state, Images images, std::unique_ptr<Engine> engine, RunFolder folder)
    : state_(std::move(state)), images_(std::move(images)), probe_(first_of(chosen_by(), probes)),
      engine_(std::move(engine)), folder_(std::move(folder)), journal_(folder_.metrics()) {}

double Run::next_lr() const { return learning_rate(state_, engine_->steps(), batches()); }

void Run::begin(bool force) {
  folder_.take();
  if (!force) folder_.require_unused(); // again: another run may have ended meanwhile
  folder_.prepare();
  journal_.open();
  save_state();
  journal_.cut(0);
  log_start();
}

void Run::resume(const ctnn::io::Checkpoint& checkpoint) {
  engine_->load_state(checkpoint);
  require_place(state_, checkpoint, images_.train.size(), engine_->steps());
  require_same_program(state_, checkpoint);
  folder_.take();
  folder_.prepare();
  journal_.open();
  const bool whole = journal_.cut(state_.log_bytes);
  if (!whole)
    note(format("{}: shorter than the run had left it; goes on at its end",
                journal_.path().string()));
  if (!whole || state_.log_bytes == 0) log_start();
  journal_.resume(state_, engine_->steps());
  if (engine_->steps() > 0) save_all(); // the kill may have come between the two files
}

bool Run::out_of_patience() const {
  const Progress& now = progress();
  return state_.patience > 0 && now.best_epoch > 0 && now.epoch > now.best_epoch + state_.patience;
}

Run::EpochScores Run::epoch(const std::function<void()>& on_step) {
  using Clock = std::chrono::steady_clock;
  Progress& now = state_.progress;
  // A table stays as it is.
  const Samples samples{images_.train,
                        images_.train.pictures() ? augmentation(state_.recipe) : Augmentation{},
                        state_.recipe.seed, static_cast<std::uint32_t>(now.epoch)};
  set_rates();
  const Rates first = rates_;
  Clock::time_point before = Clock::now();
  const ctnn::Score train =
      ctnn::train_epoch(*engine_, samples,
                        {.batch_size = state_.recipe.batch_size,
                         .shuffle = state_.recipe.shuffle,
                         .seed = state_.recipe.seed,
                         .epoch = samples.epoch,
                         .done = now.done},
                        [&](const ctnn::Score& batch, const ctnn::Score& so_far) {
                          const Clock::time_point after = Clock::now();
                          now.seconds += std::chrono::duration<double>(after - before).count();
                          before = after;
                          if (!std::isfinite(batch.loss())) require_finite(batch.loss());
                          now.done = so_far;
                          now.last_loss = batch.loss();
                          on_step();
                          set_rates();
                        });
  require_finite(engine_->trained_loss(probe_));
  EpochScores scores{train, {}, {}, now.last_loss};
  const ctnn::Score chosen = choose();
  require_finite(chosen.loss());
  (images_.validation ? scores.validation : scores.test) = chosen;
  finish_epoch(first, scores);
  return scores;
}

void Run::save() {
  // The last step may have ruined weights whose loss is not known yet.
  require_finite(engine_->trained_loss(probe_));
  save_all();
}

void Run::stop(std::string_view signal) {
  journal_.stop(signal, state_);
  save();
}

ctnn::Score Run::finish() {
  if (!outputs_) choose(); // nothing was left to do
  std::optional<ctnn::Score> test;
  if (images_.validation) {
    const auto best = make_engine({.threads = engine_->threads()});
    best->load_weights(folder_.best(), {});
    test = best->evaluate(images_.test, {});
  }
  journal_.end(out_of_patience() ? "early stopping" : "finished", state_, test);
  write_report();
  return test.value_or(ctnn::Score{});
}

void Run::set_rates() {
  rates_ = {next_lr(), momentum(state_.recipe, engine_->steps(), batches())};
  engine_->set_lr(rates_.lr);
  if (rates_.momentum) engine_->set_momentum(*rates_.momentum);
}

void Run::log_start() { journal_.start(state_, images_, engine_->threads()); }

void Run::save_state() {
  state_.log_bytes = journal_.sync();
  trainer::save_state(folder_.state(), *engine_, state_);
}

/// The state comes first, then last.safetensors with the weights, which the state holds too: so what
/// a run goes on from is never half old and half new.
void Run::save_all() {
  save_state();
  save_weights(folder_.last(), progress().epoch - 1);
}

void Run::save_weights(const std::filesystem::path& path, std::size_t epoch) {
  Engine::Metadata metadata = trained_on(state_.dataset, state_.seen);
  metadata["ctnn.epoch"] = format("{}", epoch);
  engine_->save_weights(path, metadata);
}

void Run::finish_epoch(const Rates& first, const EpochScores& scores) {
  Progress& now = state_.progress;
  const std::size_t number = now.epoch;
  const double accuracy = (scores.validation ? scores.validation : scores.test)->accuracy();
  const bool best = now.best_epoch == 0 || accuracy > now.best_accuracy;
  if (best) {
    now.best_epoch = number;
    now.best_accuracy = accuracy;
    // Before the state: should the program die now, the state is of before, and makes it again.
    save_weights(folder_.best(), number);
  }
  if (state_.recipe.scheduler == Scheduler::plateau) {
    if (number > state_.recipe.warmup_epochs) state_.plateau.step(scores.validation->loss());
    state_.plateau_rates.push_back(state_.plateau.lr);
  }
  journal_.epoch({.epoch = number,
                  .step = engine_->steps(),
                  .lr = first.lr,
                  .momentum = first.momentum,
                  .train = scores.train,
                  .test = scores.test,
                  .validation = scores.validation,
                  .class_scores = class_scores(*outputs_, chosen_by()),
                  .seconds = now.seconds,
                  .best = best});
  now = {.epoch = number + 1, .best_epoch = now.best_epoch, .best_accuracy = now.best_accuracy};
  save_all();
  write_report();
}

void Run::write_report() {
  write_run_report(folder_, state_, images_.train, chosen_by(), *outputs_);
}

ctnn::Score Run::choose() {
  if (!outputs_) outputs_.emplace();
  return evaluate(*engine_, chosen_by(), *outputs_);
}

void Run::require_finite(double loss) {
  const char* const what = !engine_->finite()     ? "a weight is not finite"
                           : std::isnan(loss)     ? "the loss is nan"
                           : !std::isfinite(loss) ? "the loss is infinite"
                                                  : nullptr;
  if (what == nullptr) return;
  journal_.diverge(progress(), engine_->steps(), rates_.lr);
  throw ctnn::Error(ctnn::ErrorCode::diverged,
                    format("training diverged: {} in epoch {}, step {}, with a learning rate of {}",
                           what, progress().epoch, engine_->steps(), rates_.lr));
}

} // namespace trainer
