#pragma once
/// @file
/// Enough to define and verify a network: no SIMD, no tensors, no heap, 0.2 s to compile.

#include <ctnn/core/composite.hpp>
#include <ctnn/core/diagnose.hpp>
#include <ctnn/core/facts.hpp>
#include <ctnn/core/graph.hpp>
#include <ctnn/core/layer.hpp>
#include <ctnn/core/list.hpp>
#include <ctnn/core/names.hpp>
#include <ctnn/core/sequential.hpp>
#include <ctnn/core/shape.hpp>
#include <ctnn/core/summary.hpp>
#include <ctnn/core/text.hpp>
#include <ctnn/layers/avg_pool2d.hpp>
#include <ctnn/layers/conv2d.hpp>
#include <ctnn/layers/dropout.hpp>
#include <ctnn/layers/flatten.hpp>
#include <ctnn/layers/leaky_relu.hpp>
#include <ctnn/layers/linear.hpp>
#include <ctnn/layers/max_pool2d.hpp>
#include <ctnn/layers/options.hpp>
#include <ctnn/layers/relu.hpp>
#include <ctnn/layers/sigmoid.hpp>
#include <ctnn/layers/softmax.hpp>
#include <ctnn/layers/tanh.hpp>
#include <ctnn/plan/options.hpp>
