#include "recipe.hpp"

#include <algorithm>
#include <cmath>
#include <type_traits>
#include <utility>

#include <fmt/format.h>

namespace trainer {
namespace {

bool has(const Recipe& recipe, Optimizer optimizer) { return recipe.optimizer == optimizer; }
bool has(const Recipe& recipe, Scheduler scheduler) { return recipe.scheduler == scheduler; }
bool has(const Recipe& recipe, SchedulePart part) {
  return part == SchedulePart::warmup ? recipe.warmup_epochs > 0
                                      : has(recipe, Scheduler::onecycle) && recipe.cycle_momentum;
}

/// Calls pair(field, member) for each field of the recipe that is a member of the optimizer.
template <class Recipe, class Optimizer, class Pair>
void pair_members(Recipe& recipe, Optimizer& optimizer, Pair&& pair) {
  pair(recipe.lr, optimizer.lr);
  pair(recipe.weight_decay, optimizer.weight_decay);
  if constexpr (requires { optimizer.momentum; }) pair(recipe.momentum, optimizer.momentum);
  if constexpr (requires { optimizer.nesterov; }) pair(recipe.nesterov, optimizer.nesterov);
  if constexpr (requires { optimizer.beta1; }) pair(recipe.beta1, optimizer.beta1);
  if constexpr (requires { optimizer.beta2; }) pair(recipe.beta2, optimizer.beta2);
  if constexpr (requires { optimizer.eps; }) pair(recipe.eps, optimizer.eps);
  if constexpr (requires { optimizer.alpha; }) pair(recipe.alpha, optimizer.alpha);
  if constexpr (requires { optimizer.centered; }) pair(recipe.centered, optimizer.centered);
  if constexpr (requires { optimizer.momentum_decay; })
    pair(recipe.momentum_decay, optimizer.momentum_decay);
}

/// PyTorch's, with its values.
AnyOptimizer default_optimizer(Optimizer optimizer) {
  switch (optimizer) {
  case Optimizer::sgd:
    break;
  case Optimizer::adam:
    return ctnn::Adam{};
  case Optimizer::adamw:
    return ctnn::AdamW{};
  case Optimizer::rmsprop:
    return ctnn::RMSprop{};
  case Optimizer::nadam:
    return ctnn::NAdam{};
  case Optimizer::lion:
    return ctnn::Lion{};
  case Optimizer::muon:
    return ctnn::Muon<LastMatrix>{};
  }
  return ctnn::SGD{};
}

ctnn::OneCycleLR one_cycle(const Recipe& recipe, double top, std::size_t steps) {
  return {.max_lr = top,
          .total_steps = steps,
          .pct_start = recipe.pct_start,
          .anneal_strategy = recipe.anneal_strategy,
          .base_momentum = recipe.base_momentum,
          .max_momentum = recipe.max_momentum,
          .div_factor = recipe.div_factor,
          .final_div_factor = recipe.final_div_factor};
}

ctnn::MultiStepLR<Milestones::most> multistep(const Recipe& recipe, double top) {
  ctnn::MultiStepLR<Milestones::most> scheduler{.lr = top, .milestones = {}, .gamma = recipe.gamma};
  std::ranges::copy(recipe.milestones.epochs, scheduler.milestones);
  return scheduler;
}

} // namespace

bool Field::is_of(const Recipe& recipe) const {
  return owners.empty() || std::ranges::any_of(owners, [&](Owner owner) {
           return std::visit([&](auto kind) { return has(recipe, kind); }, owner);
         });
}

std::string option_of(std::string_view field, std::string_view dashes) {
  std::string text = fmt::format("{}{}", dashes, field);
  std::ranges::replace(text, '_', '-');
  return text;
}

void choose_optimizer(Recipe& recipe, Optimizer optimizer) {
  if (optimizer == recipe.optimizer) return;
  recipe.optimizer = optimizer;
  std::visit(
      [&](const auto& own) {
        pair_members(recipe, own, [](auto& field, auto member) { field = member; });
      },
      default_optimizer(optimizer));
}

void choose_scheduler(Recipe& recipe, Scheduler scheduler) {
  if (scheduler == recipe.scheduler) return;
  recipe.scheduler = scheduler;
  // PyTorch has no default of an epoch's factor, and that of a step would end a run in three epochs.
  recipe.gamma = scheduler == Scheduler::exponential ? 0.95 : ctnn::StepLR{}.gamma;
}

AnyOptimizer make_optimizer(const Recipe& recipe) {
  AnyOptimizer optimizer = default_optimizer(recipe.optimizer);
  std::visit(
      [&](auto& own) {
        pair_members(recipe, own, [](auto field, auto& member) { member = field; });
        if constexpr (requires { own.match_rms_adamw; })
          own.match_rms_adamw = recipe.adjust_lr_fn == AdjustLr::match_rms_adamw;
      },
      optimizer);
  return optimizer;
}

bool has_momentum(const Recipe& recipe) {
  return std::visit(
      [](const auto& own) {
        return requires { own.momentum; };
      },
      default_optimizer(recipe.optimizer));
}

std::optional<Contradiction>
contradiction(const Recipe& recipe, const std::function<std::string(std::string_view)>& spell) {
  const auto of = [&](std::string_view field, std::string what) {
    return Contradiction{spell(field), std::move(what)};
  };
  if (has(recipe, Optimizer::sgd) && recipe.nesterov && recipe.momentum == 0)
    return of("nesterov", fmt::format("wants a momentum, and {} is 0", spell("momentum")));
  if (has(recipe, Scheduler::plateau) && recipe.validation == 0)
    return of("scheduler",
              fmt::format("ReduceLROnPlateau goes by the loss of validation images, and "
                          "{} is 0",
                          spell("validation")));
  if (has(recipe, Scheduler::multistep) && recipe.milestones.count == 0)
    return of("scheduler",
              fmt::format("MultiStepLR wants epochs, and {} has none", spell("milestones")));
  if (recipe.warmup_epochs > 0 && has(recipe, Scheduler::onecycle))
    return of("warmup_epochs",
              fmt::format("OneCycleLR has a way up of its own, {}", spell("pct_start")));
  if (recipe.warmup_epochs > 0 && recipe.warmup_epochs >= recipe.epochs)
    return of("warmup_epochs", fmt::format("expected fewer than the {} of {}, found {}",
                                           recipe.epochs, spell("epochs"), recipe.warmup_epochs));
  if (has(recipe, SchedulePart::cycled_momentum) && recipe.base_momentum > recipe.max_momentum)
    return of("base_momentum", fmt::format("is {}, and {} is {}", recipe.base_momentum,
                                           spell("max_momentum"), recipe.max_momentum));
  return std::nullopt;
}

std::size_t validation_images(const Recipe& recipe, std::size_t images) {
  return static_cast<std::size_t>(recipe.validation < 1
                                      ? std::round(recipe.validation * static_cast<double>(images))
                                      : recipe.validation);
}

double learning_rate(const Recipe& recipe, double top, std::uint64_t step,
                     std::size_t steps_per_epoch) {
  const std::size_t warmup = recipe.warmup_epochs * steps_per_epoch;
  if (step < warmup)
    return ctnn::LinearLR{
        .lr = top, .start_factor = recipe.warmup_factor, .end_factor = 1, .total_iters = warmup}
        .lr_at(step);
  step -= warmup;
  const std::size_t epoch = step / steps_per_epoch;
  const std::size_t epochs = recipe.epochs - recipe.warmup_epochs;
  const std::size_t total = recipe.total_iters > 0 ? recipe.total_iters : epochs;
  switch (recipe.scheduler) {
  case Scheduler::constant:
  case Scheduler::plateau:
    break;
  case Scheduler::step:
    return ctnn::StepLR{top, recipe.step_size, recipe.gamma}.lr_at(epoch);
  case Scheduler::multistep:
    return multistep(recipe, top).lr_at(epoch);
  case Scheduler::exponential:
    return ctnn::ExponentialLR{top, recipe.gamma}.lr_at(epoch);
  case Scheduler::linear:
    return ctnn::LinearLR{top, recipe.start_factor, recipe.end_factor, total}.lr_at(epoch);
  case Scheduler::cosine:
    return ctnn::CosineAnnealingLR{top, epochs, recipe.eta_min}.lr_at(epoch);
  case Scheduler::warm_restarts:
    return ctnn::CosineAnnealingWarmRestarts{top, recipe.t_0, recipe.t_mult, recipe.eta_min}.lr_at(
        epoch);
  case Scheduler::onecycle: {
    const std::size_t steps = epochs * steps_per_epoch;
    return one_cycle(recipe, top, steps).lr_at(std::min<std::size_t>(step, steps - 1));
  }
  case Scheduler::polynomial:
    return ctnn::PolynomialLR{top, total, recipe.power}.lr_at(epoch);
  }
  return top;
}

std::optional<double> momentum(const Recipe& recipe, std::uint64_t step,
                               std::size_t steps_per_epoch) {
  if (!has(recipe, SchedulePart::cycled_momentum)) return std::nullopt;
  const std::size_t steps = recipe.epochs * steps_per_epoch;
  return one_cycle(recipe, recipe.lr, steps).momentum_at(std::min<std::size_t>(step, steps - 1));
}

ctnn::ReduceLROnPlateau make_plateau(const Recipe& recipe) {
  return {.lr = recipe.lr,
          .factor = recipe.factor,
          .patience = recipe.lr_patience,
          .threshold = recipe.threshold,
          .cooldown = recipe.cooldown,
          .min_lr = recipe.min_lr};
}

bool plans_epochs(const Recipe& recipe) {
  using enum Scheduler;
  return has(recipe, cosine) || has(recipe, onecycle) ||
         ((has(recipe, linear) || has(recipe, polynomial)) && recipe.total_iters == 0);
}

} // namespace trainer
