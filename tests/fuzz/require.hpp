#pragma once
// What a fuzzer asserts: libFuzzer keeps the input when the process aborts.

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include <ctnn/core/error.hpp>

namespace fuzz {

inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "violated: %s\n", what);
  std::abort();
}

/// Whether `parse` returns. It may throw nothing but an Error of this code with one line; anything
/// else ends the process.
template <class Parse>
bool accepts(ctnn::ErrorCode code, Parse&& parse) {
  try {
    parse();
    return true;
  } catch (const ctnn::Error& error) {
    const std::string_view message = error.what();
    require(error.code == code, "the exit code");
    require(message.find_first_of("\r\n") == message.npos, "an error is one line");
    require(message.starts_with("f: ") && message.size() < 2000, "an error is short");
    return false;
  }
}

} // namespace fuzz
