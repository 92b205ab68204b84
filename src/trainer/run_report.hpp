#pragma once
// report.html of a run, with its pictures.

#include <ctnn/data/image_dataset.hpp>

#include "run_folder.hpp"
#include "run_state.hpp"
#include "scores.hpp"

namespace trainer {

/// Writes the report of the run so far; `outputs` are what the network says to the images that
/// the best weights are `chosen_by`. Throws Error(cannot_write).
void write_run_report(const RunFolder& folder, const RunState& run, const ctnn::ImageDataset& train,
                      const ctnn::ImageDataset& chosen_by, const Outputs& outputs);

} // namespace trainer
