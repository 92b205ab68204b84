#pragma once
/// @file
/// Losses, averaged over the samples of a batch (PyTorch's reduction="mean").

#include <ctnn/train/class_losses.hpp>
#include <ctnn/train/loss.hpp>
#include <ctnn/train/tensor_losses.hpp>
