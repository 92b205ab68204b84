#pragma once
/// @file
/// Everything: train.hpp, and the files that data and weights come from and go to.

#include <ctnn/data/cifar10.hpp>
#include <ctnn/data/csv.hpp>
#include <ctnn/data/mixup.hpp>
#include <ctnn/data/mnist.hpp>
#include <ctnn/data/transforms.hpp>
#include <ctnn/io/state_dict.hpp>
#include <ctnn/io/training_state.hpp>
#include <ctnn/train.hpp>
