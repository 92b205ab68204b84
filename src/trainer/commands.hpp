#pragma once
// What the program does.

#include "exit_code.hpp"
#include "options.hpp"

namespace trainer {

/// Prints the network's table, with a row for layers without parameters if `all`; or how the network
/// runs, if `plan`.
void summary(bool all, bool plan);

/// Trains, tests after every epoch, and leaves weights, state, metrics and report in a folder; or
/// goes on with a run that was stopped.
void train(const TrainOptions& options);

/// Prints how good weights are on the test images.
void evaluate(const WeightsOptions& options);

/// Prints the class of each image. A file without a readable digit is told on standard error, and
/// the others are answered all the same: returns `bad_data` if there was one.
ExitCode predict(const WeightsOptions& options);

} // namespace trainer
