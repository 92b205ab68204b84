#pragma once
// What the program does, for the network of CTNN_NETWORK_HEADER. In a unit of its own,
// commands.cpp, so that an edit of the network compiles nothing else again, nor a new commit the
// network.

#include "options.hpp"

namespace trainer {

/// Of the unit that holds the network.
extern const char* const instruction_set;

/// Prints the network's table, with a row for layers without parameters if `all`; or how the network
/// runs, if `plan`.
void summary(bool all, bool plan);

/// Trains, tests after every epoch, and writes last.safetensors and metrics.jsonl.
void train(const TrainOptions& options);

/// Prints the score of a weights file on the test images.
void evaluate(const EvaluateOptions& options);

} // namespace trainer
