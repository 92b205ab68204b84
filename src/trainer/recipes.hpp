#pragma once
// The recipes that `mnist train --recipe` knows: hyper-parameters, learning rates, augmentation.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "recipe.hpp"

namespace trainer {

/// All of them, the default first.
std::span<const Recipe> recipes();

/// The recipe of that name, null if there is none.
const Recipe* find_recipe(std::string_view name);

} // namespace trainer
