#pragma once

#include <ctnn/layers/elementwise.hpp>

namespace ctnn {

/// ReLU is max(0, x); its gradient at 0 is 0. torch.nn.ReLU
struct ReLU : Elementwise<kernels::relu> {
  static constexpr StringView kind = "ReLU";
};

} // namespace ctnn
