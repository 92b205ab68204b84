#pragma once
// The one error of the library: what went wrong, in one line. Not a part of core.hpp, which needs no
// strings.

#include <stdexcept>
#include <string>
#include <string_view>

#include <ctnn/core/text.hpp>

namespace ctnn {

/// What kind of mistake an Error tells of. Programs map it to exit codes of their own.
enum class ErrorCode {
  bad_argument,   ///< what a function was handed does not fit
  bad_data,       ///< a data set or an image
  bad_checkpoint, ///< a weights file that is malformed or of another network
  cannot_write,   ///< an output
  diverged,       ///< a loss or a weight that is not finite
};

/// Thrown for every mistake that a person can mend. `what()` is one line that names the file or the
/// function, what was expected and what was found.
class Error : public std::runtime_error {
public:
  Error(ErrorCode error_code, const std::string& message)
      : std::runtime_error(message), code(error_code) {}

  ErrorCode code;
};

namespace detail {

[[noreturn]] inline void fail(ErrorCode code, const Sentence& what) {
  throw Error(code, std::string(std::string_view(what.view())));
}

} // namespace detail

} // namespace ctnn
