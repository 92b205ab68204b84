#pragma once
/// @file
/// Everything that needs no file: define, verify, run and train networks.

#include <ctnn/infer.hpp>
#include <ctnn/network/gradcheck.hpp>
#include <ctnn/train/clip_grad.hpp>
#include <ctnn/train/dataset.hpp>
#include <ctnn/train/ema.hpp>
#include <ctnn/train/epoch.hpp>
#include <ctnn/train/losses.hpp>
#include <ctnn/train/metrics.hpp>
#include <ctnn/train/muon.hpp>
#include <ctnn/train/optimizers.hpp>
#include <ctnn/train/parameter_groups.hpp>
#include <ctnn/train/schedulers.hpp>
#include <ctnn/train/subset.hpp>
#include <ctnn/train/trainer.hpp>
