#pragma once

#include <cfloat>

#include <ctnn/layers/elementwise.hpp>

namespace ctnn {

/// Hardtanh is min(max(Min, x), Max); its gradient at either end is 0. torch.nn.Hardtanh
template <double Min = -1.0, double Max = 1.0>
struct Hardtanh : Elementwise<kernels::hardtanh<Min, Max>> {
  static constexpr StringView kind = "Hardtanh";
  static constexpr Sentence describe() {
    return Sentence("Hardtanh<") << Min << ", " << Max << '>';
  }
  static constexpr Sentence check(Shape) {
    return -DBL_MAX <= Min && Min < Max && Max <= DBL_MAX
               ? Sentence{}
               : Sentence("min_val and max_val must be numbers, the first below the second");
  }
};

} // namespace ctnn
