#pragma once

#include <ctnn/layers/elementwise.hpp>

namespace ctnn {

/// SiLU is x / (1 + exp(-x)), also known as swish. torch.nn.SiLU
struct SiLU : ElementwiseOfInput<kernels::silu> {
  static constexpr StringView kind = "SiLU";
};

} // namespace ctnn
