#pragma once
/// @file
/// What it takes to define a network and run it: core.hpp, kernels, Network. Weights come from a file
/// by io/state_dict.hpp.

#include <ctnn/core.hpp>
#include <ctnn/kernels/avg_pool2d.hpp>
#include <ctnn/kernels/channels_first.hpp>
#include <ctnn/kernels/conv2d.hpp>
#include <ctnn/kernels/dropout.hpp>
#include <ctnn/kernels/elementwise.hpp>
#include <ctnn/kernels/linear.hpp>
#include <ctnn/kernels/max_pool2d.hpp>
#include <ctnn/kernels/softmax.hpp>
#include <ctnn/network/network.hpp>
#include <ctnn/plan/table.hpp>
