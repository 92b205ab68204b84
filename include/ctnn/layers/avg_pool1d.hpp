#pragma once

#include <ctnn/layers/avg_pool2d.hpp>

namespace ctnn {

/// AvgPool1d is the mean of each `Kernel` elements of a sequence: {C, L} becomes {C, (L + 2P - K)/S +
/// 1}. torch.nn.AvgPool1d
///
/// It is an AvgPool2d of height 1, and its `Options` are the same.
template <int Kernel, auto... Options>
struct AvgPool1d
    : detail::AvgPool<AvgPool1d<Kernel, Options...>, true, Size2d{1, Kernel}, Options...> {
  static constexpr StringView kind = "AvgPool1d";
};

} // namespace ctnn
