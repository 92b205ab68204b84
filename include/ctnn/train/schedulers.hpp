#pragma once
/// @file
/// Learning rates as functions of the step, in closed form: nothing to save, nothing to restore. The one
/// that cannot be, since it follows a metric, is ReduceLROnPlateau.

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <numbers>
#include <optional>

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

/// MultiStepLR is lr times gamma for each of the milestones that are reached, in any order: `MultiStepLR{.lr
/// = 0.1, .milestones = {30, 60, 80}}`. torch.optim.lr_scheduler.MultiStepLR
template <std::size_t Milestones>
struct MultiStepLR {
  double lr;                          ///< the learning rate at first
  std::size_t milestones[Milestones]; ///< the steps from which it is smaller
  double gamma = 0.1;                 ///< the factor of a decay

  double lr_at(std::size_t step) const {
    const auto reached =
        std::ranges::count_if(milestones, [step](std::size_t at) { return at <= step; });
    return lr * std::pow(gamma, static_cast<double>(reached));
  }
};

/// ExponentialLR is lr * gamma^step. torch.optim.lr_scheduler.ExponentialLR
struct ExponentialLR {
  double lr;    ///< the learning rate at first
  double gamma; ///< the factor of each step

  double lr_at(std::size_t step) const { return lr * std::pow(gamma, static_cast<double>(step)); }
};

/// LinearLR is lr times a factor that goes from start_factor to end_factor in total_iters steps, and stays
/// there: the usual warm-up. torch.optim.lr_scheduler.LinearLR
struct LinearLR {
  double lr;                    ///< the learning rate that the factors are of
  double start_factor = 1. / 3; ///< the factor at first
  double end_factor = 1;        ///< the factor at last
  std::size_t total_iters = 5;  ///< steps from one to the other, at least 1

  double lr_at(std::size_t step) const {
    const double part =
        static_cast<double>(std::min(step, total_iters)) / static_cast<double>(total_iters);
    return lr * (start_factor + (end_factor - start_factor) * part);
  }
};

/// PolynomialLR is lr * (1 - step / total_iters)^power, and 0 from total_iters on.
/// torch.optim.lr_scheduler.PolynomialLR
struct PolynomialLR {
  double lr;                   ///< the learning rate at first
  std::size_t total_iters = 5; ///< steps down to 0, at least 1
  double power = 1;            ///< 1 for a straight line

  double lr_at(std::size_t step) const {
    const double part =
        static_cast<double>(std::min(step, total_iters)) / static_cast<double>(total_iters);
    return lr * std::pow(1 - part, power);
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

/// CosineAnnealingWarmRestarts is CosineAnnealingLR over and over: the first time in T_0 steps, then in
/// T_mult times as many as the time before. torch.optim.lr_scheduler.CosineAnnealingWarmRestarts
struct CosineAnnealingWarmRestarts {
  double lr;              ///< the learning rate after each restart
  std::size_t T_0;        ///< steps to the first restart, at least 1
  std::size_t T_mult = 1; ///< what each stretch is longer by, at least 1
  double eta_min = 0;     ///< the learning rate that a restart is made from

  double lr_at(std::size_t step) const {
    std::size_t length = T_0;
    if (T_mult == 1) step %= length;
    for (; step >= length; length *= T_mult) step -= length;
    return CosineAnnealingLR{.lr = lr, .T_max = length, .eta_min = eta_min}.lr_at(step);
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

/// SequentialLR is one scheduler, and from a milestone on another, which counts its steps from there:
/// `SequentialLR{LinearLR{…}, 5, CosineAnnealingLR{…}}` warms up for 5 steps. The second may be a
/// SequentialLR too, whose milestone is counted from the first's. torch.optim.lr_scheduler.SequentialLR
template <class First, class Then>
struct SequentialLR {
  First first;           ///< the scheduler of the steps before the milestone
  std::size_t milestone; ///< the step from which the other is
  Then then;             ///< the scheduler of the rest; its step 0 is the milestone

  double lr_at(std::size_t step) const {
    return step < milestone ? first.lr_at(step) : then.lr_at(step - milestone);
  }
};

/// ReduceLROnPlateau lowers the learning rate when a metric has ceased to get better. It follows what it
/// is told, and so has a state, the members from `best` on: a training that goes on elsewhere sets them,
/// and `lr`, to what they were. torch.optim.lr_scheduler.ReduceLROnPlateau
struct ReduceLROnPlateau {
  /// Mode is which metrics are better.
  enum class Mode {
    min, ///< smaller ones, such as losses
    max  ///< larger ones, such as accuracies
  };
  /// ThresholdMode is what threshold is counted in.
  enum class ThresholdMode {
    rel, ///< parts of the best metric
    abs  ///< the metric's unit
  };

  double lr;                 ///< the learning rate at first, and then as it is
  Mode mode = Mode::min;     ///< which metrics are better
  double factor = 0.1;       ///< what lr is multiplied by
  std::size_t patience = 10; ///< how many steps in a row may bring nothing better
  double threshold = 1e-4;   ///< by how much a metric has to be better
  ThresholdMode threshold_mode = ThresholdMode::rel; ///< what threshold is counted in
  std::size_t cooldown = 0; ///< steps after a reduction in which nothing is counted
  double min_lr = 0;        ///< what lr does not go below
  double eps = 1e-8;        ///< a change of lr that is no larger is left out

  std::optional<double> best = {};  ///< the best metric so far
  std::size_t num_bad_epochs = 0;   ///< steps since it, as far as they are counted
  std::size_t cooldown_counter = 0; ///< steps that are left in which nothing is counted

  /// step is told the metric of an epoch and returns the learning rate of the next: `trainer.optimizer.lr
  /// = plateau.step(score.loss())`.
  double step(double metric) {
    if (is_better(metric)) {
      best = metric;
      num_bad_epochs = 0;
    } else {
      ++num_bad_epochs;
    }
    if (cooldown_counter > 0) {
      --cooldown_counter;
      num_bad_epochs = 0;
    }
    if (num_bad_epochs > patience) {
      const double lower = std::max(lr * factor, min_lr);
      if (lr - lower > eps) lr = lower;
      cooldown_counter = cooldown;
      num_bad_epochs = 0;
    }
    return lr;
  }

private:
  bool is_better(double metric) const {
    const double sign = mode == Mode::min ? -1 : 1;
    const double old = best.value_or(-sign * std::numeric_limits<double>::infinity());
    const double bound = threshold_mode == ThresholdMode::rel ? old * (1 + sign * threshold)
                                                              : old + sign * threshold;
    return mode == Mode::min ? metric < bound : metric > bound;
  }
};

} // namespace ctnn
