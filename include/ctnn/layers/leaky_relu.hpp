#pragma once

#include <ctnn/layers/elementwise.hpp>

namespace ctnn {

/// x for x > 0, else NegativeSlope * x. torch.nn.LeakyReLU
/// The slope must not be negative: backward tells the sign of x from that of y.
template <double NegativeSlope = 0.01>
struct LeakyReLU : detail::Elementwise<kernels::leaky_relu<NegativeSlope>> {
  static constexpr StringView kind = "LeakyReLU";
  static constexpr Text describe() { return Text("LeakyReLU<") << NegativeSlope << '>'; }
  static constexpr Text check(Shape) {
    return NegativeSlope >= 0 ? Text{} : Text("negative_slope must not be negative");
  }
};

} // namespace ctnn
