#pragma once
/// @file
/// What it takes to define a network and run it: core.hpp and Network. Weights come from a file
/// by io/state_dict.hpp.

#include <ctnn/core.hpp>
#include <ctnn/network/network.hpp>
#include <ctnn/plan/table.hpp>
