#pragma once

#include <cfloat>

#include <ctnn/layers/elementwise.hpp>

namespace ctnn {

/// ELU is x for x > 0, else Alpha * (exp(x) - 1). Clevert, Unterthiner and Hochreiter, "Fast and accurate
/// deep network learning by exponential linear units", 2016. torch.nn.ELU
///
/// `Alpha` must not be negative: backward tells the sign of x from that of y.
template <double Alpha = 1.0>
struct ELU : Elementwise<kernels::elu<Alpha>> {
  static constexpr StringView kind = "ELU";
  static constexpr Sentence describe() { return Sentence("ELU<") << Alpha << '>'; }
  static constexpr Sentence check(Shape) {
    return Alpha >= 0 && Alpha <= DBL_MAX ? Sentence{}
                                          : Sentence("alpha must be a number that is not negative");
  }
};

} // namespace ctnn
