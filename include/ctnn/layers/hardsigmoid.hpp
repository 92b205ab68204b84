#pragma once

#include <ctnn/layers/elementwise.hpp>

namespace ctnn {

/// Hardsigmoid is min(max(0, x + 3), 6) / 6. torch.nn.Hardsigmoid
struct Hardsigmoid : Elementwise<kernels::hardsigmoid> {
  static constexpr StringView kind = "Hardsigmoid";
};

} // namespace ctnn
