#pragma once
// What the program's end tells, as README documents it.

#include <ctnn/core/error.hpp>

namespace trainer {

enum class ExitCode : int {
  ok = 0,
  unexpected = 1, ///< a defect of ours, or of the machine
  usage = 2,
  bad_data = 3,
  bad_checkpoint = 4,
  cannot_write = 5,
  diverged = 6,
  out_of_memory = 7,
  wrong_processor = 8, ///< processor.cpp ends so, before main
};

constexpr ExitCode exit_code(ctnn::ErrorCode code) {
  switch (code) {
  case ctnn::ErrorCode::bad_argument:
    return ExitCode::usage;
  case ctnn::ErrorCode::bad_data:
    return ExitCode::bad_data;
  case ctnn::ErrorCode::bad_checkpoint:
    return ExitCode::bad_checkpoint;
  case ctnn::ErrorCode::cannot_write:
    return ExitCode::cannot_write;
  case ctnn::ErrorCode::diverged:
    return ExitCode::diverged;
  }
  return ExitCode::unexpected;
}

} // namespace trainer
