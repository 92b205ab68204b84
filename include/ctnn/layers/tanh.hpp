#pragma once

#include <ctnn/layers/elementwise.hpp>

namespace ctnn {

/// Tanh is tanh(x). torch.nn.Tanh
struct Tanh : Elementwise<kernels::tanh_activation> {
  static constexpr StringView kind = "Tanh";
};

} // namespace ctnn
