#pragma once
/// @file
/// How good a network is on some samples, as sums.

#include <cstddef>

namespace ctnn {

/// A Score is sums over samples: of their losses, and of the right guesses among them.
struct Score {
  double loss_sum = 0;     ///< the sum of the samples' losses
  std::size_t correct = 0; ///< samples whose largest output, the first of equals, is their label's
  std::size_t samples = 0; ///< the number of samples

  /// loss is the mean loss of a sample; NaN for no samples.
  double loss() const { return loss_sum / static_cast<double>(samples); }
  /// accuracy is the share of samples, in [0, 1], that are correct; NaN for no samples.
  double accuracy() const { return static_cast<double>(correct) / static_cast<double>(samples); }

  /// Adds the sums of other samples.
  Score& operator+=(const Score& other) {
    loss_sum += other.loss_sum;
    correct += other.correct;
    samples += other.samples;
    return *this;
  }
};

} // namespace ctnn
