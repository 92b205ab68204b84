#pragma once
// Standard output, where a full disk or a closed descriptor is an error like any other.

#include <cerrno>
#include <cstdio>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include <fcntl.h>

#include <ctnn/io/error.hpp>

namespace trainer {

/// Where a standard stream is closed, the next file to be opened would take its number, and what is
/// printed would end up in that file. Opened the wrong way round, it stays unusable.
inline void keep_closed_streams_closed() {
  for (const int stream : {0, 1, 2})
    if (::fcntl(stream, F_GETFD) == -1) ::open("/dev/null", stream == 0 ? O_WRONLY : O_RDONLY);
}

/// Writes at once: whoever reads a pipe or a log sees each line when it is true.
/// Throws Error(cannot_write).
inline void write_out(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
    throw ctnn::Error(ctnn::ExitCode::cannot_write,
                      "standard output: cannot write: " +
                          std::error_code(errno, std::generic_category()).message());
}

template <class... Args>
void print(fmt::format_string<Args...> format, Args&&... args) {
  write_out(fmt::format(format, std::forward<Args>(args)...));
}

} // namespace trainer
