#pragma once

#include <ctnn/layers/elementwise.hpp>

namespace ctnn {

/// max(0, x); the gradient at 0 is 0. torch.nn.ReLU
struct ReLU : Elementwise<kernels::relu> {
  static constexpr StringView kind = "ReLU";
};

} // namespace ctnn
