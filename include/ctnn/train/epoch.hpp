#pragma once
/// @file
/// One pass over a data set: its order, its batches, its score.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <span>
#include <vector>

#include <ctnn/core/error.hpp>
#include <ctnn/core/text.hpp>
#include <ctnn/kernels/random.hpp>
#include <ctnn/train/score.hpp>

namespace ctnn {

/// EpochOptions are the arguments of train_epoch; batch_size and shuffle are DataLoader's.
struct EpochOptions {
  std::size_t batch_size = 512; ///< samples in a batch, at least 1
  bool shuffle = true;          ///< random order, or that of the data set
  /// Decides the order, together with `epoch`; if not said, the trainer's seed.
  std::optional<std::uint64_t> seed = {};
  /// The number of the epoch; if not said, each has an order of its own all the same.
  std::optional<std::uint32_t> epoch = {};
  Score done = {}; ///< the score of the samples that the epoch has been through already
};

namespace detail {

/// epoch_order is the order in which an epoch visits `size` samples.
inline std::vector<std::uint32_t> epoch_order(std::size_t size, const EpochOptions& options) {
  std::vector<std::uint32_t> order(size);
  std::iota(order.begin(), order.end(), 0u);
  if (options.shuffle)
    kernels::shuffle(kernels::RandomKey{options.seed.value_or(0), kernels::stream::shuffling},
                     options.epoch.value_or(0), std::span<std::uint32_t>(order));
  return order;
}

/// decided is the options with what they leave to the trainer. An epoch without a number has that of
/// the step which it began with: no two have the same, and one that is gone on with keeps it.
template <class Trainer>
EpochOptions decided(const Trainer& trainer, EpochOptions options) {
  const std::size_t made = (options.done.samples + options.batch_size - 1) / options.batch_size;
  options.seed = options.seed.value_or(trainer.seed());
  options.epoch = options.epoch.value_or(static_cast<std::uint32_t>(trainer.steps() - made));
  return options;
}

} // namespace detail

/// train_epoch steps through all of `data`, or what is left of it; the last batch may be smaller. It
/// returns the score of the epoch, each sample counted as it was before its step.
///
/// `on_step(batch, so_far)` is called after each step with the scores of the batch and of the epoch up
/// to here; it may change the optimizer's lr, and stop the epoch by throwing. What Trainer::step throws
/// passes through.
template <class Trainer, class Data, class OnStep>
Score train_epoch(Trainer& trainer, const Data& data, const EpochOptions& options,
                  OnStep&& on_step) {
  if (options.batch_size == 0)
    detail::fail(ErrorCode::bad_argument, "train_epoch: batch_size is 0");
  if (data.size() == 0) detail::fail(ErrorCode::bad_data, "train_epoch: the data set is empty");
  const std::vector<std::uint32_t> order =
      detail::epoch_order(data.size(), detail::decided(trainer, options));
  Score total = options.done;
  for (std::size_t first = total.samples; first < order.size(); first += options.batch_size) {
    const std::size_t size = std::min(options.batch_size, order.size() - first);
    const Score batch = trainer.step(data, std::span(order).subspan(first, size));
    total += batch;
    on_step(batch, total);
    if (!std::isfinite(batch.loss_sum))
      detail::fail(ErrorCode::diverged, Sentence("train_epoch: the loss of step ")
                                            << trainer.steps()
                                            << " is not finite; a smaller lr may help");
  }
  return total;
}
/// train_epoch does the same, and calls nothing.
template <class Trainer, class Data>
Score train_epoch(Trainer& trainer, const Data& data, const EpochOptions& options = {}) {
  return train_epoch(trainer, data, options, [](const Score&, const Score&) {});
}

} // namespace ctnn
