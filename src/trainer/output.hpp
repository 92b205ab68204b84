#pragma once
// Standard output, where a full disk or a closed descriptor is an error like any other.

#include <filesystem>
#include <string>
#include <string_view>

#include <fmt/core.h>

namespace trainer {

/// Where a standard stream is closed, the next file to be opened would take its number, and what is
/// printed would end up in that file. Opened the wrong way round, it stays unusable.
void keep_closed_streams_closed();

/// What a full disk is to the writer, a file beyond `ulimit -f` is from now on: a write that fails,
/// not the end.
void let_large_files_fail();

/// Writes at once: whoever reads a pipe or a log sees each line when it is true.
/// Throws Error(cannot_write).
void write_out(std::string_view text);

/// The path as a shell takes it for one word, of characters that can be printed and pasted.
std::string shell_word(const std::filesystem::path& path);

/// What --version prints, without an end of line. It is in trainer.cpp, the one file that knows.
std::string version();

/// A line on standard error: what whoever started the program may want to know. Never a failure.
void note(std::string_view text);

/// The line on standard error that tells a failure, whatever the message holds.
void error_line(std::string message);

std::string format_args(fmt::string_view format, fmt::format_args args);

/// fmt::format, but what does the work is compiled once, in output.cpp.
template <class... Args>
std::string format(fmt::format_string<Args...> text, const Args&... args) {
  return format_args(text, fmt::make_format_args(args...));
}

template <class... Args>
void print(fmt::format_string<Args...> text, const Args&... args) {
  write_out(format(text, args...));
}

} // namespace trainer
