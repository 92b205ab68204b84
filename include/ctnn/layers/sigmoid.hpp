#pragma once

#include <ctnn/layers/elementwise.hpp>

namespace ctnn {

/// Sigmoid is 1 / (1 + exp(-x)). torch.nn.Sigmoid
struct Sigmoid : Elementwise<kernels::sigmoid> {
  static constexpr StringView kind = "Sigmoid";
};

} // namespace ctnn
