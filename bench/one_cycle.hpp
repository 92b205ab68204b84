#pragma once
// A training by one cycle of the learning rate, timed: what is compared with PyTorch's.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>

#include <ctnn/train.hpp>

namespace ctnn::bench {

struct Cycle {
  std::size_t epochs, batch;
  double max_lr;
};

/// Trains on epoch(0), epoch(1), …, of so many `samples` each, and prints loss, test_accuracy() and speed
/// as JSON. Testing is not part of the time.
template <class Net, class Loss, class Optimizer, class Epoch, class Accuracy>
void train_one_cycle(Trainer<Net, Loss, Optimizer>& trainer, const Cycle& cycle,
                     std::size_t samples, Epoch&& epoch, Accuracy&& test_accuracy) {
  const OneCycleLR schedule{.max_lr = cycle.max_lr,
                            .total_steps =
                                cycle.epochs * ((samples + cycle.batch - 1) / cycle.batch)};
  trainer.optimizer.lr = schedule.lr_at(0);
  const auto next_lr = [&](const Score&, const Score&) {
    if (trainer.steps() < schedule.total_steps)
      trainer.optimizer.lr = schedule.lr_at(trainer.steps());
  };
  double loss = 0;
  const auto start = std::chrono::steady_clock::now();
  for (std::uint32_t i = 0; i < cycle.epochs; ++i) {
    const auto& seen = epoch(i);
    loss = train_epoch(trainer, seen, {.batch_size = cycle.batch}, next_lr).loss();
  }
  const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
  std::printf(
      "{\"parameters\": %zu, \"loss\": %.4f, \"accuracy\": %.4f, \"images_per_second\": %.1f}\n",
      Net::parameter_count, loss, test_accuracy(),
      static_cast<double>(cycle.epochs * samples) / time.count());
}

} // namespace ctnn::bench
