#pragma once
/// @file
/// Learning rates as functions of the step, in closed form: nothing to save, nothing to restore.

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <numbers>

namespace ctnn {

/// A Scheduler is a learning rate as a function of the step: `trainer.optimizer.lr =
/// scheduler.lr_at(step)`. `step` counts the calls of PyTorch's scheduler.step() so far: epochs, or
/// batches for OneCycleLR.
template <class S>
concept Scheduler = requires(const S& scheduler, std::size_t step) {
  { scheduler.lr_at(step) } -> std::convertible_to<double>;
};

/// StepLR is lr * gamma^floor(step / step_size). torch.optim.lr_scheduler.StepLR
struct StepLR {
  double lr;             ///< the learning rate at first
  std::size_t step_size; ///< steps from one decay to the next, at least 1
  double gamma = 0.1;    ///< the factor of a decay

  double lr_at(std::size_t step) const {
    return lr * std::pow(gamma, static_cast<double>(step / step_size));
  }
};

/// CosineAnnealingLR is eta_min + (lr - eta_min) (1 + cos(pi step / T_max)) / 2 up to T_max, and
/// eta_min after it. torch.optim.lr_scheduler.CosineAnnealingLR (which rises again after T_max)
struct CosineAnnealingLR {
  double lr;          ///< the learning rate at first
  std::size_t T_max;  ///< steps down to eta_min, at least 1
  double eta_min = 0; ///< the learning rate at last

  double lr_at(std::size_t step) const {
    const double part = static_cast<double>(std::min(step, T_max)) / static_cast<double>(T_max);
    return eta_min + (lr - eta_min) * (1 + std::cos(std::numbers::pi * part)) / 2;
  }
};

/// OneCycleLR goes up from max_lr / div_factor to max_lr over the first pct_start of the steps, then
/// down to max_lr / div_factor / final_div_factor; momentum goes the other way.
/// torch.optim.lr_scheduler.OneCycleLR (two phases)
struct OneCycleLR {
  /// Anneal is the shape of the two phases.
  enum class Anneal {
    cosine, ///< half a cosine
    linear  ///< a straight line
  };

  double max_lr;                           ///< the learning rate at its peak
  std::size_t total_steps;                 ///< batches of the whole cycle; every step is below it
  double pct_start = 0.3;                  ///< the part of the cycle, from 0 to 1, that goes up
  Anneal anneal_strategy = Anneal::cosine; ///< the shape of the two phases
  double base_momentum = 0.85;             ///< the momentum at the peak of the learning rate
  double max_momentum = 0.95;              ///< the momentum at first and at last
  double div_factor = 25;                  ///< the peak over the learning rate at first
  double final_div_factor = 1e4;           ///< the learning rate at first over that at last

  double lr_at(std::size_t step) const {
    const double initial = max_lr / div_factor;
    return cycle(step, initial, max_lr, initial / final_div_factor);
  }
  /// momentum_at is the momentum after `step` calls of PyTorch's scheduler.step().
  double momentum_at(std::size_t step) const {
    return cycle(step, max_momentum, base_momentum, max_momentum);
  }

private:
  double cycle(std::size_t step, double from, double over, double to) const {
    const double now = static_cast<double>(step);
    const double last = static_cast<double>(total_steps) - 1;
    const double peak = pct_start * static_cast<double>(total_steps) - 1;
    // With at most one step on the way up there is no way: it begins at the top.
    return now <= peak && peak > 0 ? anneal(from, over, now / peak)
                                   : anneal(over, to, (now - peak) / (last - peak));
  }
  double anneal(double from, double to, double part) const {
    return anneal_strategy == Anneal::linear
               ? from + (to - from) * part
               : to + (from - to) / 2 * (1 + std::cos(std::numbers::pi * part));
  }
};

} // namespace ctnn
