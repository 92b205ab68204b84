#pragma once
/// @file
/// What names.hpp declares, defined.

#include <ctnn/kernels/adaptive_avg_pool2d.hpp>
#include <ctnn/kernels/avg_pool2d.hpp>
#include <ctnn/kernels/batch_norm.hpp>
#include <ctnn/kernels/batch_statistics.hpp>
#include <ctnn/kernels/channels_first.hpp>
#include <ctnn/kernels/concat.hpp>
#include <ctnn/kernels/conv2d.hpp>
#include <ctnn/kernels/conv_transpose2d.hpp>
#include <ctnn/kernels/dropout.hpp>
#include <ctnn/kernels/elementwise.hpp>
#include <ctnn/kernels/linear.hpp>
#include <ctnn/kernels/max_pool2d.hpp>
#include <ctnn/kernels/normalization.hpp>
#include <ctnn/kernels/pixel_shuffle.hpp>
#include <ctnn/kernels/prelu.hpp>
#include <ctnn/kernels/product.hpp>
#include <ctnn/kernels/softmax.hpp>
#include <ctnn/kernels/sum.hpp>
#include <ctnn/kernels/upsample2d.hpp>
#include <ctnn/kernels/zero_pad2d.hpp>
