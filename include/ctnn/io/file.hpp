#pragma once
/// @file
/// Whole files in and out: bounded reads of regular files, atomic and durable writes (POSIX).

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ctnn/core/error.hpp>
#include <ctnn/io/message.hpp>

namespace ctnn::io {
namespace detail {

inline std::string error_text(int error) {
  return std::error_code(error, std::generic_category()).message();
}

inline const char* kind_of(mode_t mode) {
  if (S_ISDIR(mode)) return "a directory";
  if (S_ISFIFO(mode)) return "a pipe";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

/// A file_descriptor owns one open file. `close()` reports what the destructor cannot.
class file_descriptor {
public:
  explicit file_descriptor(int descriptor) : descriptor_(descriptor) {}
  file_descriptor(const file_descriptor&) = delete;
  file_descriptor& operator=(const file_descriptor&) = delete;
  ~file_descriptor() { close(); }

  explicit operator bool() const { return descriptor_ >= 0; }
  int get() const { return descriptor_; }
  /// close is whether the file was closed without an error. It is not tried again after EINTR: Linux
  /// has released the descriptor by then.
  bool close() { return descriptor_ < 0 || ::close(std::exchange(descriptor_, -1)) == 0; }

private:
  int descriptor_;
};

} // namespace detail

/// read_file returns all bytes of a regular file of at most `max_bytes`. It refuses anything else (a
/// directory, a pipe, `/dev/zero`) before reading, so it neither hangs nor reads without end.
/// Throws `Error(on_error)`.
inline std::vector<std::byte> read_file(const std::filesystem::path& path, std::uint64_t max_bytes,
                                        ErrorCode on_error) {
  const std::string& name = path.native();
  // O_NONBLOCK: opening a pipe that nobody writes to would wait for ever.
  const detail::file_descriptor file(::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0)
    fail(on_error, name, "cannot read: {}", detail::error_text(errno));
  if (!S_ISREG(status.st_mode))
    fail(on_error, name, "cannot read: expected a regular file, found {}",
         detail::kind_of(status.st_mode));
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size > max_bytes)
    fail(on_error, name, "too large: {} bytes, expected at most {}", size, max_bytes);

  std::vector<std::byte> bytes(static_cast<std::size_t>(size));
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t count = ::read(file.get(), bytes.data() + done, bytes.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail(on_error, name, "cannot read: {}", detail::error_text(errno));
    if (count == 0)
      fail(on_error, name, "shrank while it was read: expected {} bytes, found {}", size, done);
    done += static_cast<std::size_t>(count);
  }
  return bytes;
}

/// cannot_write throws `Error(cannot_write)` with the system's words for `error`, an errno.
[[noreturn]] inline void cannot_write(const std::filesystem::path& path, int error) {
  fail(ErrorCode::cannot_write, path.native(), "cannot write: {}", detail::error_text(error));
}

/// sync has the open file or folder `file` written to the disk: fsync, again after EINTR. It returns
/// 0, or -1 and sets errno.
inline int sync(int file) {
  int result = 0;
  do result = ::fsync(file);
  while (result != 0 && errno == EINTR);
  return result;
}

namespace detail {

/// link_target is where a write to `path` goes: through symbolic links, also dangling ones, so that a
/// link `latest -> run7` stays a link.
inline std::filesystem::path link_target(const std::filesystem::path& path) {
  std::filesystem::path target = path;
  std::error_code ignored;
  for (int links = 0; std::filesystem::is_symlink(target, ignored); ++links) {
    if (links == 40) cannot_write(path, ELOOP); // Linux's own limit
    std::error_code error;
    const std::filesystem::path link = std::filesystem::read_symlink(target, error);
    if (error) cannot_write(path, error.value());
    target = target.parent_path() / link; // an absolute link replaces the left side
  }
  return target;
}

/// permissions_to_keep are those of the file to be replaced, none if there is none. `name` is relative
/// to `folder`. It refuses what a rename would wrongly replace: a device, a pipe, a write-protected
/// file.
inline std::optional<mode_t> permissions_to_keep(int folder, const std::string& name,
                                                 const std::filesystem::path& path) {
  struct stat status {};
  if (::fstatat(folder, name.c_str(), &status, 0) != 0) {
    if (errno == ENOENT) return std::nullopt;
    cannot_write(path, errno);
  }
  if (!S_ISREG(status.st_mode))
    fail(ErrorCode::cannot_write, path.native(), "cannot write: expected a regular file, found {}",
         kind_of(status.st_mode));
  if (::faccessat(folder, name.c_str(), W_OK, AT_EACCESS) != 0) cannot_write(path, errno);
  return static_cast<mode_t>(status.st_mode & 07777);
}

/// A temporary_file is a new file `<name>.tmp-<process>-<number>` in `folder`, removed again unless
/// `name` is cleared. It is created with O_EXCL and mode 0666 rather than by mkstemp (mode 0600), so
/// that the kernel applies the umask: a program can only read its umask by setting it, for all threads,
/// for a moment.
struct temporary_file {
  int folder;
  std::string name;
  file_descriptor file;

  temporary_file(int in_folder, const std::string& final_name)
      : folder(in_folder), file(create(in_folder, final_name, name)) {}
  ~temporary_file() {
    if (!name.empty()) ::unlinkat(folder, name.c_str(), 0);
  }

private:
  static int create(int folder, const std::string& final_name, std::string& name) {
    static std::atomic<unsigned> number = 0;
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
    int descriptor = -1;
    do {
      const std::string candidate = fmt::format("{}.tmp-{}-{}", final_name, ::getpid(), number++);
      descriptor = ::openat(folder, candidate.c_str(), flags, 0666);
      if (descriptor >= 0) name = candidate;
    } while (descriptor < 0 && errno == EEXIST);
    return descriptor;
  }
};

inline void write_all(int file, std::span<const std::byte> bytes,
                      const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(file, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) cannot_write(path, errno);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
}

/// A destination is the file that a write to `path` replaces, and the folder that it is in.
struct destination {
  std::string name;       ///< relative to `folder`
  file_descriptor folder; ///< open
  std::optional<mode_t> mode;

  explicit destination(const std::filesystem::path& path) : destination(path, link_target(path)) {}

private:
  destination(const std::filesystem::path& path, const std::filesystem::path& target)
      : name(target.filename().native()),
        folder(::open(target.has_parent_path() ? target.parent_path().c_str() : ".",
                      O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (name.empty()) cannot_write(path, path.empty() ? ENOENT : EISDIR);
    if (!folder) cannot_write(path, errno);
    mode = permissions_to_keep(folder.get(), name, path);
  }
};

} // namespace detail

/// require_writable throws what write_file_atomically would, as far as that can be known without
/// writing: that `path` is a folder, a device or write-protected, or its folder missing.
/// Throws `Error(cannot_write)`.
inline void require_writable(const std::filesystem::path& path) {
  const detail::destination to(path);
  if (::faccessat(to.folder.get(), ".", W_OK | X_OK, AT_EACCESS) != 0) cannot_write(path, errno);
}

/// write_file_atomically replaces or creates the file `path` with `bytes`: at every moment, also
/// after a crash or a power loss, the name holds the whole old or the whole new content. It keeps the
/// permissions of an existing file, follows symbolic links, and refuses devices, pipes and
/// write-protected files. Throws `Error(cannot_write)`; the old file is then intact and no temporary
/// file is left.
inline void write_file_atomically(const std::filesystem::path& path,
                                  std::span<const std::byte> bytes) {
  const detail::destination to(path);
  const int folder = to.folder.get();
  detail::temporary_file temporary(folder, to.name);
  if (!temporary.file) cannot_write(path, errno);
  const int file = temporary.file.get();
  if (to.mode && ::fchmod(file, *to.mode) != 0) cannot_write(path, errno);
  detail::write_all(file, bytes, path);
  if (sync(file) != 0 || !temporary.file.close()) cannot_write(path, errno);
  if (::renameat(folder, temporary.name.c_str(), folder, to.name.c_str()) != 0)
    cannot_write(path, errno);
  temporary.name.clear();

  // EINVAL: a file system that has no such operation for folders.
  if (sync(folder) != 0 && errno != EINVAL)
    fail(ErrorCode::cannot_write, path.native(),
         "written, but may be lost in a power failure: cannot sync its folder: {}",
         detail::error_text(errno));
}

/// remove_temporaries removes what killed processes left of their writes to `path`. So nobody may be
/// writing it meanwhile, which the number in a file's name does not tell: it may be of a process in
/// another container, or on another machine. A file that cannot be removed stays. Throws
/// `Error(cannot_write)` if the folder cannot be read.
inline void remove_temporaries(const std::filesystem::path& path) {
  const std::string begin = path.filename().native() + ".tmp-";
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  std::error_code error, ignored;
  std::filesystem::directory_iterator entry(folder, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    // "<process>-<number>" is what is left of the name of a temporary_file.
    const std::string name = entry->path().filename().native();
    if (!name.starts_with(begin)) continue;
    const std::string_view rest = std::string_view(name).substr(begin.size());
    const std::size_t dash = rest.find('-');
    if (dash > 0 && dash + 1 < rest.size() && rest.find_first_not_of("0123456789-") == rest.npos &&
        rest.rfind('-') == dash)
      std::filesystem::remove(entry->path(), ignored);
  }
  if (error) cannot_write(path, error.value());
}

} // namespace ctnn::io
