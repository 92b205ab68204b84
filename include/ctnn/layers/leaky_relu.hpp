#pragma once

#include <cfloat>

#include <ctnn/layers/elementwise.hpp>

namespace ctnn {

/// LeakyReLU is x for x > 0, else NegativeSlope * x. torch.nn.LeakyReLU
///
/// `NegativeSlope` must not be negative: backward tells the sign of x from that of y.
template <double NegativeSlope = 0.01>
struct LeakyReLU : Elementwise<kernels::leaky_relu<NegativeSlope>> {
  static constexpr StringView kind = "LeakyReLU";
  static constexpr Sentence describe() { return Sentence("LeakyReLU<") << NegativeSlope << '>'; }
  static constexpr Sentence check(Shape) {
    return NegativeSlope >= 0 && NegativeSlope <= DBL_MAX
               ? Sentence{}
               : Sentence("negative_slope must be a number that is not negative");
  }
};

} // namespace ctnn
