#pragma once

#include <ctnn/layers/elementwise.hpp>

namespace ctnn {

/// Hardswish is x * min(max(0, x + 3), 6) / 6. torch.nn.Hardswish
struct Hardswish : ElementwiseOfInput<kernels::hardswish> {
  static constexpr StringView kind = "Hardswish";
};

} // namespace ctnn
