#pragma once

#include <ctnn/layers/dropout.hpp>

namespace ctnn {

/// Dropout2d zeroes, in training, each channel of {C, H, W} or {C, L} with this `Probability`, from 0 to
/// below 1, and scales the others by 1 / (1 - Probability); otherwise it passes x on. Tompson et al.,
/// "Efficient object localization using convolutional networks", 2015. torch.nn.Dropout2d
///
/// Which channels is a function of (seed, step, sample, layer, channel), as for Dropout.
template <double Probability = 0.5>
struct Dropout2d : detail::Dropping<Probability, true> {
  static constexpr StringView kind = "Dropout2d";

  static constexpr Sentence describe() { return Dropout2d::describe_as(kind); }
  static constexpr Sentence check(Shape in) {
    Sentence error = Dropout2d::check_probability();
    if (error.empty() && in.rank < 2)
      error << "expects an image {C, H, W} or a sequence {C, L}, got " << in
            << " (Dropout is for vectors)";
    return error;
  }
};

} // namespace ctnn
