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
namespace detail {

/// A character is one of UTF-8, or a byte that is not a part of one.
struct character {
  char32_t code;
  std::size_t bytes;
};

/// first_character is the one that `text`, which is not empty, begins with.
constexpr character first_character(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const char32_t lead = byte(0);
  const std::size_t bytes = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (bytes == 1 || lead >= 0xf8 || bytes > text.size()) return {lead, 1};
  char32_t code = lead & (0x7fU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {lead, 1};
    code = code << 6 | (byte(i) & 0x3f);
  }
  return {code, bytes};
}

/// steers is whether a character is not shown but obeyed: by the terminal, C0, DEL and C1 (of which
/// U+009B is the beginning of an escape code), or by how a line is laid out (another direction of
/// writing, a separator of lines, a tag).
constexpr bool steers(char32_t code) {
  constexpr struct {
    char32_t first, last;
  } ranges[] = {{0x00, 0x1f},     {0x7f, 0x9f},     {0x061c, 0x061c}, {0x200e, 0x200f},
                {0x2028, 0x202e}, {0x2066, 0x206f}, {0xfff9, 0xfffb}, {0xe0000, 0xe007f}};
  for (const auto& range : ranges)
    if (code >= range.first && code <= range.last) return true;
  return false;
}

} // namespace detail

/// printable returns `text` on one line: each character that a terminal obeys becomes `\xNN` or
/// `\uNNNN`, what exceeds `limit` bytes becomes `...`. Names inside a file are untrusted bytes.
inline std::string printable(std::string_view text, std::size_t limit = std::string_view::npos) {
  std::string safe;
  std::size_t done = 0;
  while (done < text.size()) {
    const auto [code, bytes] = detail::first_character(text.substr(done));
    if (bytes > limit - done) return safe + "...";
    if (!detail::steers(code))
      safe += text.substr(done, bytes);
    else
      safe += bytes == 1 ? fmt::format("\\x{:02x}", static_cast<unsigned>(code))
                         : fmt::format("\\u{:04x}", static_cast<unsigned>(code));
    done += bytes;
  }
  return safe;
}

/// fail throws `Error(code)` with the message `<file>: <what>`, where `what` is formatted by fmt.
template <class... Args>
[[noreturn]] void fail(ErrorCode code, std::string_view file, fmt::format_string<Args...> what,
                       Args&&... args) {
  throw Error(code, printable(file) + ": " + fmt::format(what, std::forward<Args>(args)...));
}

} // namespace ctnn::io
