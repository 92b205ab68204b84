#pragma once
// The errors that a person can mend: what went wrong, in one line, and the exit code it deserves.

#include <stdexcept>
#include <string>

namespace ctnn {

/// Exit codes of the programs built on ctnn.
enum class ExitCode : int {
  ok = 0,
  unexpected = 1,     ///< a defect of ours, or of the machine
  usage = 2,          ///< command line
  bad_data = 3,       ///< a data set file
  bad_checkpoint = 4, ///< a weights file that is malformed or of another network
  cannot_write = 5,   ///< output
  diverged = 6,       ///< a loss that is not finite
  out_of_memory = 7,
};

/// `what()` is one line: the file, what was expected, what was found.
class Error : public std::runtime_error {
public:
  Error(ExitCode exit_code, const std::string& message)
      : std::runtime_error(message), code(exit_code) {}

  ExitCode code;
};

} // namespace ctnn
