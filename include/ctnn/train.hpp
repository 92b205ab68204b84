#pragma once
// Everything that needs no file: define, verify, run and train networks.

#include <ctnn/core.hpp>
#include <ctnn/kernels/avg_pool2d.hpp>
#include <ctnn/kernels/channels_first.hpp>
#include <ctnn/kernels/conv2d.hpp>
#include <ctnn/kernels/dropout.hpp>
#include <ctnn/kernels/elementwise.hpp>
#include <ctnn/kernels/linear.hpp>
#include <ctnn/kernels/max_pool2d.hpp>
#include <ctnn/kernels/softmax.hpp>
#include <ctnn/network/gradcheck.hpp>
#include <ctnn/network/network.hpp>
#include <ctnn/plan/table.hpp>
#include <ctnn/train/dataset.hpp>
#include <ctnn/train/epoch.hpp>
#include <ctnn/train/losses.hpp>
#include <ctnn/train/metrics.hpp>
#include <ctnn/train/optimizers.hpp>
#include <ctnn/train/schedulers.hpp>
#include <ctnn/train/trainer.hpp>
