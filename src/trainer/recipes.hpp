#pragma once
// The recipes that `mnist train --recipe` knows: hyper-parameters, learning rates, augmentation.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "options.hpp"
#include "samples.hpp"

namespace trainer {

/// Their names, the default first.
std::vector<std::string> recipe_names();

/// The values of a recipe of that name.
Recipe recipe(std::string_view name);

struct Rates {
  double lr;
  double momentum;
};

/// What the step after `step` steps is made with.
Rates rates(const Recipe& recipe, std::uint64_t step, std::size_t steps_per_epoch);

/// Whether the learning rate follows OneCycleLR, step by step, so that the number of epochs is
/// decided at the start; else StepLR.
bool one_cycle(const Recipe& recipe);

/// What becomes of a training image; null if it stays as it is.
Transform transform(const Recipe& recipe);

/// Whether SGD looks ahead (Nesterov's momentum).
bool nesterov(const Recipe& recipe);

} // namespace trainer
