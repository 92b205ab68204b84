#include "run_folder.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>

#include <ctnn/core/error.hpp>
#include <ctnn/io/file.hpp>

#include "output.hpp"

namespace trainer {
namespace {

namespace fs = std::filesystem;
using ctnn::io::cannot_write;

/// Nothing, or an empty file, is what a run leaves that was killed at its first breath.
bool holds_something(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error) && fs::file_size(path, error) > 0;
}

/// Has the entry of `path` in the folder above it outlive a power failure.
void sync_entry(const fs::path& path) {
  const ctnn::io::detail::file_descriptor above(
      ::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // EINVAL: a file system that has no such operation for folders.
  if (!above || (ctnn::io::sync(above.get()) != 0 && errno != EINVAL)) cannot_write(path, errno);
}

} // namespace

void RunFolder::require_unused() const {
  const auto files = replaced();
  if (!std::ranges::any_of(files, holds_something) && !holds_something(metrics())) return;
  const std::string resume =
      holds_something(state()) ? format("go on with it (--resume {}), or choose", shell_word(path_))
                               : "choose";
  throw ctnn::Error(
      ctnn::ErrorCode::bad_argument,
      format("--out: {} holds a run already: {} another --out, or replace it (--force)",
             path_.native(), resume));
}

void RunFolder::take() const {
  std::error_code error;
  std::vector<fs::path> made;
  for (fs::path path = fs::absolute(path_, error);
       !path.empty() && !fs::exists(path, error) && !error; path = path.parent_path())
    made.push_back(path);
  fs::create_directories(path_, error);
  if (error) cannot_write(path_, error.value());
  std::ranges::for_each(made, sync_entry);

  // Of a file of its own: the log may be removed while the run goes on, and who had it open would
  // not see the next one. Never closed: the process has the folder until it ends.
  const fs::path lock = path_ / ".lock";
  const int file = ::open(lock.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666);
  if (file < 0) cannot_write(lock, errno);
  if (::flock(file, LOCK_EX | LOCK_NB) == 0) return;
  if (errno == EWOULDBLOCK)
    ctnn::io::fail(ctnn::ErrorCode::cannot_write, path_.native(),
                   "cannot write: another process trains in this folder");
  note(format("{}: cannot be locked ({}): let no other process train in this folder",
              path_.native(), ctnn::io::detail::error_text(errno)));
}

void RunFolder::prepare() const {
  for (const fs::path& path : replaced()) ctnn::io::remove_temporaries(path);
  ctnn::io::remove_temporaries(metrics());
  for (const fs::path& path : replaced()) ctnn::io::require_writable(path);
}

} // namespace trainer
