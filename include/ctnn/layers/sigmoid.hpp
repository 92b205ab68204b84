#pragma once

#include <ctnn/layers/elementwise.hpp>

namespace ctnn {

/// 1 / (1 + exp(-x)). torch.nn.Sigmoid
struct Sigmoid : detail::Elementwise<kernels::sigmoid> {
  static constexpr std::string_view kind = "Sigmoid";
};

} // namespace ctnn
