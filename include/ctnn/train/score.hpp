#pragma once
/// @file
/// How good a network is on some samples, as sums.

#include <cstddef>
#include <optional>

#include <ctnn/core/error.hpp>

namespace ctnn {

/// A Score is sums over samples: of their losses, and of the right guesses among them.
struct Score {
  double loss_sum = 0;     ///< the sum of the samples' losses
  std::size_t correct = 0; ///< samples whose largest output, the first of equals, is their label's
  std::size_t samples = 0; ///< the number of samples
  bool classes = true;     ///< whether targets are classes, so that guesses can be right
  std::size_t ignored = 0; ///< samples whose label the loss ignores
  /// The sum of what the samples count, where the loss weighs them; else each counts 1.
  std::optional<double> weight_sum = {};

  /// loss is the mean loss of a sample; NaN where none counts.
  double loss() const { return loss_sum / counted(); }
  /// accuracy is the share that is correct, in [0, 1], of the samples that are not ignored; NaN for none.
  /// Throws `Error(bad_argument)` where targets are no classes, such as MSELoss's.
  double accuracy() const {
    if (!classes)
      detail::fail(ErrorCode::bad_argument,
                   "Score::accuracy: the targets are tensors, not classes");
    return static_cast<double>(correct) / static_cast<double>(samples - ignored);
  }

  /// Adds the sums of other samples.
  Score& operator+=(const Score& other) {
    if (weight_sum || other.weight_sum) weight_sum = counted() + other.counted();
    loss_sum += other.loss_sum;
    correct += other.correct;
    samples += other.samples;
    classes &= other.classes;
    ignored += other.ignored;
    return *this;
  }

private:
  double counted() const { return weight_sum.value_or(static_cast<double>(samples)); }
};

} // namespace ctnn
