#pragma once
/// @file
/// How good a network is on some samples, as sums.

#include <cstddef>

#include <ctnn/core/error.hpp>

namespace ctnn {

/// A Score is sums over samples: of their losses, and of the right guesses among them.
struct Score {
  double loss_sum = 0;     ///< the sum of the samples' losses
  std::size_t correct = 0; ///< samples whose largest output, the first of equals, is their label's
  std::size_t samples = 0; ///< the number of samples
  bool classes = true;     ///< whether targets are classes, so that guesses can be right

  /// loss is the mean loss of a sample; NaN for no samples.
  double loss() const { return loss_sum / static_cast<double>(samples); }
  /// accuracy is the share of samples, in [0, 1], that are correct; NaN for no samples. Throws
  /// `Error(bad_argument)` where targets are no classes, such as MSELoss's.
  double accuracy() const {
    if (!classes)
      detail::fail(ErrorCode::bad_argument,
                   "Score::accuracy: the targets are tensors, not classes");
    return static_cast<double>(correct) / static_cast<double>(samples);
  }

  /// Adds the sums of other samples.
  Score& operator+=(const Score& other) {
    loss_sum += other.loss_sum;
    correct += other.correct;
    samples += other.samples;
    classes &= other.classes;
    return *this;
  }
};

} // namespace ctnn
