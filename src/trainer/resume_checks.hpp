#pragma once
// What must hold so that a run goes on as if it had never been stopped.

#include <cstddef>
#include <cstdint>
#include <filesystem>

#include "options.hpp"
#include "run_state.hpp"

namespace trainer {

/// The run with what `options` change of it: its epochs and its patience.
/// Throws Error(bad_argument) if it is too late for that number of epochs.
RunState with_options(RunState run, const TrainOptions& options);

/// Throws Error(bad_data) unless `found`, the sum of the images in `folder`, is the run's.
void require_same_data(const RunState& run, std::uint64_t found,
                       const std::filesystem::path& folder);

/// Throws Error(bad_checkpoint) unless the run is at the end of a batch, `steps` steps from its
/// start, with `samples` training images.
void require_place(const RunState& run, const ctnn::io::Checkpoint& checkpoint, std::size_t samples,
                   std::uint64_t steps);

/// Throws Error(bad_checkpoint) unless the run's network is this program's. Says on standard error
/// if its instruction set is not.
void require_same_program(const RunState& run, const ctnn::io::Checkpoint& checkpoint);

} // namespace trainer
