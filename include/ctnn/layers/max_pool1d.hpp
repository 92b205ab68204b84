#pragma once

#include <ctnn/layers/max_pool2d.hpp>

namespace ctnn {

/// MaxPool1d is the largest of each `Kernel` elements of a sequence: {C, L} becomes {C, (L + 2P - K)/S +
/// 1}. torch.nn.MaxPool1d
///
/// It is a MaxPool2d of height 1, and its `Options` are the same.
template <int Kernel, auto... Options>
struct MaxPool1d
    : detail::MaxPool<MaxPool1d<Kernel, Options...>, true, Size2d{1, Kernel}, Options...> {
  static constexpr StringView kind = "MaxPool1d";
};

} // namespace ctnn
