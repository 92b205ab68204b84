#pragma once
// report.html of a run, with its pictures.

#include "run_folder.hpp"
#include "run_state.hpp"
#include "samples.hpp"
#include "scores.hpp"

namespace trainer {

/// Writes the report of the run so far; `outputs` are what the network says to the images that
/// the best weights are `chosen_by`. Throws Error(cannot_write).
void write_run_report(const RunFolder& folder, const RunState& run, const SampleSet& train,
                      const SampleSet& chosen_by, const Outputs& outputs);

} // namespace trainer
