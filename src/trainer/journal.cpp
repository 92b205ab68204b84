#include "journal.hpp"

#include <cerrno>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ctnn/core/error.hpp>
#include <ctnn/io/file.hpp>

#include "engine.hpp"
#include "exit_code.hpp"
#include "output.hpp"

namespace trainer {

using ctnn::io::cannot_write;
using nlohmann::ordered_json;

namespace {

/// What the weights in best.safetensors are, as far as it is known.
ordered_json best_of(const RunState& run) {
  const Progress& now = run.progress;
  const char* const chosen =
      run.recipe.validation > 0 ? "best_validation_accuracy" : "best_test_accuracy";
  return {{"best_epoch", now.best_epoch}, {chosen, now.best_accuracy}};
}

/// test_loss, test_accuracy, test_correct; of what else is in that place.
ordered_json score_of(const std::string& images, const ctnn::Score& score) {
  return {{images + "_loss", score.loss()},
          {images + "_accuracy", score.accuracy()},
          {images + "_correct", score.correct}};
}

} // namespace

void Journal::open() {
  // Not "a": a device such as /dev/full cannot be cut, and fails when it is written to.
  // O_NONBLOCK: opening a pipe that nobody reads would wait for ever.
  const int file = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666);
  if (file < 0) cannot_write(path_, errno);
  file_.reset(::fdopen(file, "r+"));
}

bool Journal::cut(std::uint64_t bytes) {
  const int file = descriptor();
  const off_t size = ::lseek(file, 0, SEEK_END);
  if (size < 0) cannot_write(path_, errno);
  const bool whole = size >= static_cast<off_t>(bytes);
  const off_t end = whole ? static_cast<off_t>(bytes) : size;
  if (size > end && ::ftruncate(file, end) != 0) cannot_write(path_, errno);
  std::fseek(file_.get(), end, SEEK_SET);
  if (!whole && size > 0) std::fputc('\n', file_.get()); // the last line may be half a one
  return whole;
}

void Journal::restore() {
  struct stat ours {
  }, found{};
  if (::fstat(descriptor(), &ours) != 0) cannot_write(path_, errno);
  const bool there = ::stat(path_.c_str(), &found) == 0;
  if (!there && errno != ENOENT) cannot_write(path_, errno);
  if (there && ours.st_dev == found.st_dev && ours.st_ino == found.st_ino) return;

  std::vector<std::byte> lines(static_cast<std::size_t>(ours.st_size));
  std::rewind(file_.get());
  if (std::fread(lines.data(), 1, lines.size(), file_.get()) != lines.size())
    cannot_write(path_, errno);
  ctnn::io::write_file_atomically(path_, lines);
  note(format("{}: was removed, and is written again", path_.native()));
  open();
  std::fseek(file_.get(), 0, SEEK_END);
}

std::uint64_t Journal::sync() {
  restore();
  // EINVAL: a file without such an operation, such as a device.
  if (ctnn::io::sync(descriptor()) != 0 && errno != EINVAL) cannot_write(path_, errno);
  return static_cast<std::uint64_t>(std::ftell(file_.get()));
}

void Journal::start(const RunState& run, const Images& images, std::size_t threads) {
  ordered_json fields{{"dataset", run.dataset.name},
                      {"parameters", network_facts().parameters},
                      {"train_samples", images.train.size()}};
  if (images.validation) fields["validation_samples"] = images.validation->size();
  fields["test_samples"] = images.test.size();
  fields.update(recipe_values(run.recipe));
  fields.update(
      {{"patience", run.patience}, {"threads", threads}, {"instruction_set", instruction_set}});
  write("start", fields);
}

void Journal::resume(const RunState& run, std::uint64_t step) {
  write("resume", {{"epoch", run.progress.epoch},
                   {"batch", run.progress.done.samples / run.recipe.batch_size},
                   {"step", step},
                   {"epochs", run.recipe.epochs},
                   {"patience", run.patience}});
}

void Journal::epoch(const EpochEvent& event) {
  ordered_json fields{{"epoch", event.epoch}, {"step", event.step}, {"lr", event.lr}};
  if (event.momentum) fields["momentum"] = *event.momentum;
  fields.update({{"train_loss", event.train.loss()}, {"train_accuracy", event.train.accuracy()}});
  if (event.validation) fields.update(score_of("validation", *event.validation));
  if (event.test) fields.update(score_of("test", *event.test));
  fields.update(event.class_scores);
  fields.update({{"seconds", event.seconds},
                 {"images_per_second", static_cast<double>(event.train.samples) / event.seconds},
                 {"best", event.best}});
  write("epoch", fields);
}

void Journal::end(std::string_view reason, const RunState& run,
                  const std::optional<ctnn::Score>& test) {
  ordered_json fields{{"reason", reason}};
  fields.update(best_of(run));
  if (test) {
    fields["best_test_accuracy"] = test->accuracy();
    fields.update(score_of("test", *test));
  }
  write("end", fields);
}

void Journal::stop(std::string_view signal, const RunState& run) {
  ordered_json fields{{"reason", "signal"}, {"signal", signal}};
  fields.update(best_of(run));
  write("end", fields);
}

void Journal::diverge(const Progress& progress, std::uint64_t step, double lr) {
  write("error", {{"code", static_cast<int>(exit_code(ctnn::ErrorCode::diverged))},
                  {"epoch", progress.epoch},
                  {"step", step},
                  {"lr", lr},
                  {"train_loss", nullptr}});
}

void Journal::write(std::string_view event, const ordered_json& fields) {
  ordered_json line{{"schema", 1}, {"event", event}};
  line.update(fields);
  const std::string text = line.dump() + '\n';
  restore();
  if (std::fwrite(text.data(), 1, text.size(), file_.get()) != text.size() ||
      std::fflush(file_.get()) != 0)
    cannot_write(path_, errno);
}

} // namespace trainer
