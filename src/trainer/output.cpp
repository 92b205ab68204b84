#include "output.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <system_error>

#include <fmt/format.h>

#include <fcntl.h>

#include <ctnn/core/error.hpp>
#include <ctnn/io/message.hpp>

namespace trainer {

void keep_closed_streams_closed() {
  for (const int stream : {0, 1, 2})
    if (::fcntl(stream, F_GETFD) == -1) ::open("/dev/null", stream == 0 ? O_WRONLY : O_RDONLY);
}

void let_large_files_fail() { std::signal(SIGXFSZ, SIG_IGN); }

void write_out(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
    throw ctnn::Error(ctnn::ErrorCode::cannot_write,
                      "standard output: cannot write: " +
                          std::error_code(errno, std::generic_category()).message());
}

void note(std::string_view text) {
  std::fputs(fmt::format(CTNN_PROGRAM ": note: {}\n", ctnn::io::printable(text)).c_str(), stderr);
}

std::string shell_word(const std::filesystem::path& path) {
  constexpr const char* plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./+,:@%";
  const std::string& text = path.native();
  if (!text.empty() && text.find_first_not_of(plain) == text.npos) return text;
  std::string quoted;
  if (ctnn::io::printable(text) == text) {
    for (const char c : text) quoted += c == '\'' ? "'\\''" : std::string(1, c);
    return "'" + quoted + "'";
  }
  for (const char c : text) // $'…' of bash, ksh, zsh and POSIX 2024
    if (c == '\'' || c == '\\')
      quoted += std::string("\\") + c;
    else if (c >= ' ' && c <= '~')
      quoted += c;
    else
      quoted += fmt::format("\\{:03o}", static_cast<unsigned char>(c));
  return "$'" + quoted + "'";
}

void error_line(std::string message) {
  std::ranges::replace(message, '\n', ' ');
  std::fputs((CTNN_PROGRAM ": error: " + ctnn::io::printable(message) + "\n").c_str(), stderr);
}

std::string format_args(fmt::string_view format, fmt::format_args args) {
  return fmt::vformat(format, args);
}

} // namespace trainer
