#pragma once
/// @file
/// One pass over a data set: its order, its batches, its score.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include <ctnn/kernels/random.hpp>
#include <ctnn/train/score.hpp>

namespace ctnn {

/// EpochOptions are the arguments of train_epoch; batch_size and shuffle are DataLoader's.
struct EpochOptions {
  std::size_t batch_size = 512; ///< samples in a batch, at least 1
  bool shuffle = true;     ///< whether samples come in a random order, or in that of the data set
  std::uint64_t seed = 0;  ///< decides the order, together with `epoch`
  std::uint32_t epoch = 0; ///< the number of the epoch
  Score done = {};         ///< the score of the samples that the epoch has been through already
};

namespace detail {

/// epoch_order is the order in which an epoch visits `size` samples.
inline std::vector<std::uint32_t> epoch_order(std::size_t size, const EpochOptions& options) {
  std::vector<std::uint32_t> order(size);
  std::iota(order.begin(), order.end(), 0u);
  if (options.shuffle)
    kernels::shuffle(kernels::RandomKey{options.seed, kernels::stream::shuffling}, options.epoch,
                     std::span<std::uint32_t>(order));
  return order;
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
  const std::vector<std::uint32_t> order = detail::epoch_order(data.size(), options);
  Score total = options.done;
  for (std::size_t first = total.samples; first < order.size(); first += options.batch_size) {
    const std::size_t size = std::min(options.batch_size, order.size() - first);
    const Score batch = trainer.step(data, std::span(order).subspan(first, size));
    total += batch;
    on_step(batch, total);
  }
  return total;
}
/// train_epoch does the same, and calls nothing.
template <class Trainer, class Data>
Score train_epoch(Trainer& trainer, const Data& data, const EpochOptions& options = {}) {
  return train_epoch(trainer, data, options, [](const Score&, const Score&) {});
}

} // namespace ctnn
