#include "recipe.hpp"

#include <algorithm>
#include <variant>

namespace trainer {

bool Field::is_of(const Recipe& recipe) const {
  return owners.empty() || std::ranges::any_of(owners, [&](Owner owner) {
           return owner == Owner(recipe.optimizer) || owner == Owner(recipe.scheduler);
         });
}

void choose_optimizer(Recipe& recipe, Optimizer optimizer) {
  if (optimizer == recipe.optimizer) return;
  recipe.optimizer = optimizer;
  std::visit(
      [&]<class T>(const T&) {
        recipe.lr = T{}.lr;
        recipe.weight_decay = T{}.weight_decay;
      },
      make_optimizer(recipe));
}

AnyOptimizer make_optimizer(const Recipe& recipe) {
  const auto adam = [&]<class T>(T) {
    return T{.lr = recipe.lr,
             .beta1 = recipe.beta1,
             .beta2 = recipe.beta2,
             .eps = recipe.eps,
             .weight_decay = recipe.weight_decay};
  };
  switch (recipe.optimizer) {
  case Optimizer::sgd:
    break;
  case Optimizer::adam:
    return adam(ctnn::Adam{});
  case Optimizer::adamw:
    return adam(ctnn::AdamW{});
  }
  return ctnn::SGD{.lr = recipe.lr,
                   .momentum = recipe.momentum,
                   .weight_decay = recipe.weight_decay,
                   .nesterov = recipe.nesterov};
}

double learning_rate(const Recipe& recipe, std::uint64_t step, std::size_t steps_per_epoch) {
  const std::size_t epoch = step / steps_per_epoch;
  const std::size_t total = recipe.epochs * steps_per_epoch;
  switch (recipe.scheduler) {
  case Scheduler::constant:
    break;
  case Scheduler::step:
    return ctnn::StepLR{recipe.lr, recipe.step_size, recipe.gamma}.lr_at(epoch);
  case Scheduler::cosine:
    return ctnn::CosineAnnealingLR{recipe.lr, recipe.epochs, recipe.eta_min}.lr_at(epoch);
  case Scheduler::onecycle:
    return ctnn::OneCycleLR{.max_lr = recipe.lr,
                            .total_steps = total,
                            .pct_start = recipe.pct_start,
                            .anneal_strategy = recipe.anneal_strategy,
                            .div_factor = recipe.div_factor,
                            .final_div_factor = recipe.final_div_factor}
        .lr_at(std::min<std::size_t>(step, total - 1));
  }
  return recipe.lr;
}

bool plans_epochs(const Recipe& recipe) {
  return recipe.scheduler == Scheduler::cosine || recipe.scheduler == Scheduler::onecycle;
}

} // namespace trainer
