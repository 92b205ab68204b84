#pragma once

#include <ctnn/layers/elementwise.hpp>

namespace ctnn {

/// ReLU6 is min(max(0, x), 6); its gradient at 0 and 6 is 0. torch.nn.ReLU6
struct ReLU6 : Elementwise<kernels::relu6> {
  static constexpr StringView kind = "ReLU6";
};

} // namespace ctnn
