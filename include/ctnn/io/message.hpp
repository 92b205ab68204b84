#pragma once
/// @file
/// How errors about files are worded: always one line, even when the file or its name is hostile.

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <ctnn/core/error.hpp>

namespace ctnn::io {

/// printable returns `text` on one line: each control character becomes `\xNN`, what exceeds `limit`
/// bytes becomes `...`. Names inside a file are untrusted bytes, and a terminal obeys escape codes.
inline std::string printable(std::string_view text, std::size_t limit = std::string_view::npos) {
  std::string safe;
  for (const char c : text.substr(0, limit)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f)
      safe += fmt::format("\\x{:02x}", byte);
    else
      safe += c;
  }
  return text.size() > limit ? safe + "..." : safe;
}

/// fail throws `Error(code)` with the message `<file>: <what>`, where `what` is formatted by fmt.
template <class... Args>
[[noreturn]] void fail(ErrorCode code, std::string_view file, fmt::format_string<Args...> what,
                       Args&&... args) {
  throw Error(code, printable(file) + ": " + fmt::format(what, std::forward<Args>(args)...));
}

} // namespace ctnn::io
