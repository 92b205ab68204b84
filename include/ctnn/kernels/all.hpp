#pragma once
/// @file
/// What names.hpp declares, defined.

#include <ctnn/kernels/adaptive_avg_pool2d.hpp>
#include <ctnn/kernels/avg_pool2d.hpp>
#include <ctnn/kernels/channels_first.hpp>
#include <ctnn/kernels/conv2d.hpp>
#include <ctnn/kernels/dropout.hpp>
#include <ctnn/kernels/elementwise.hpp>
#include <ctnn/kernels/linear.hpp>
#include <ctnn/kernels/max_pool2d.hpp>
#include <ctnn/kernels/normalization.hpp>
#include <ctnn/kernels/softmax.hpp>
