#pragma once
/// @file
/// The one error of the library: what went wrong, in one line. Not a part of core.hpp, which needs no
/// strings.

#include <stdexcept>
#include <string>
#include <string_view>

#include <ctnn/core/text.hpp>

namespace ctnn {

/// ErrorCode is the kind of mistake that an Error tells of. Programs map it to exit codes of their own.
enum class ErrorCode {
  bad_argument,   ///< a function was handed what does not fit
  bad_data,       ///< a data set or an image is malformed, or does not fit the network
  bad_checkpoint, ///< a file of weights is malformed, or of another network
  cannot_write,   ///< an output cannot be written
  diverged,       ///< a loss or a weight is not finite
};

/// An Error is thrown for every mistake that a person can mend. Its `what()` is one line that names the
/// file or the function, what was expected and what was found.
class Error : public std::runtime_error {
public:
  /// Makes an Error of kind `error_code`, whose what() is `message`.
  Error(ErrorCode error_code, const std::string& message)
      : std::runtime_error(message), code(error_code) {}

  ErrorCode code; ///< the kind of mistake
};

namespace detail {

/// fail throws an Error whose message is `what`.
[[noreturn]] inline void fail(ErrorCode code, const Sentence& what) {
  throw Error(code, std::string(std::string_view(what.view())));
}

} // namespace detail

} // namespace ctnn
