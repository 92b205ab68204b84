#pragma once
// How a network is trained, and the one list of a recipe's fields: the command line, metrics.jsonl
// and the saved state are made of it.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include <ctnn/train/optimizers.hpp>
#include <ctnn/train/schedulers.hpp>

#include "engine.hpp"
#include "ranges.hpp"
#include "samples.hpp"
#include "words.hpp"

namespace trainer {

/// What a resumed run must not change. Where a recipe says nothing, the values are PyTorch's.
struct Recipe {
  std::string_view name;
  Transform augmentation; ///< what becomes of a grey training image, before it is normalised

  std::size_t epochs;
  std::size_t batch_size;

  Optimizer optimizer;
  double lr; ///< the largest, under a schedule that begins with less
  double weight_decay = 0;
  double momentum = ctnn::SGD{}.momentum;
  bool nesterov = ctnn::SGD{}.nesterov;
  double beta1 = ctnn::Adam{}.beta1;
  double beta2 = ctnn::Adam{}.beta2;
  double eps = ctnn::Adam{}.eps;

  Scheduler scheduler;
  std::size_t step_size = 15; ///< PyTorch has no default
  double gamma = ctnn::StepLR{}.gamma;
  double eta_min = ctnn::CosineAnnealingLR{}.eta_min;
  double pct_start = ctnn::OneCycleLR{}.pct_start;
  ctnn::OneCycleLR::Anneal anneal_strategy = ctnn::OneCycleLR{}.anneal_strategy;
  double div_factor = ctnn::OneCycleLR{}.div_factor;
  double final_div_factor = ctnn::OneCycleLR{}.final_div_factor;

  std::uint64_t seed = 1;
  std::size_t limit = 0; ///< first training images only; 0: all
  std::size_t validation =
      0; ///< last training images, not trained on but to choose the best weights
  bool shuffle = true;
  bool augment = true;
  std::size_t crop =
      0; ///< pixels around the image that a training image is cut of, before `augmentation`
  bool flip = false; ///< whether every second training image is mirrored
};

/// Whose a field is: an optimizer's or a scheduler's.
using Owner = std::variant<Optimizer, Scheduler>;

/// What is known of a field besides its value and range.
struct Field {
  std::string_view name; ///< in files; the option's has - for _
  std::string_view description;
  std::vector<Owner> owners{}; ///< without one of them it has no meaning; empty: it always has one
  bool new_run_only = true;    ///< whether a run that goes on must keep it
  bool newer = false; ///< whether states of older programs lack it; they did what the recipe says

  bool is_of(const Recipe& recipe) const;
};

/// Calls visit(field, value, range) for each field but the name, of a Recipe or a const Recipe. The
/// optimizer and the scheduler come before what is theirs.
template <class R, class Visit>
void visit_fields(R& recipe, Visit&& visit) {
  using enum Optimizer;
  using enum Scheduler;
  constexpr std::uint64_t many = 1'000'000'000;
  constexpr Whole count{1, many}, count_or_0{0, many}, any{0, ~std::uint64_t{0}};
  constexpr Real positive{0, 1e6}, positive_or_0{0, 1e6, true}, share{0, 1}, share_or_0{0, 1, true};

  // clang-format off
  visit({"epochs", "passes over the training images", {}, false}, recipe.epochs, count);
  visit({"batch_size", "images a step"}, recipe.batch_size, count);

  visit({"optimizer", "another than the recipe's begins with PyTorch's lr"}, recipe.optimizer, Word{});
  visit({"lr", "learning rate, at its highest"}, recipe.lr, positive);
  visit({"weight_decay", "L2 penalty; for AdamW apart from the gradient"}, recipe.weight_decay, share_or_0);
  visit({"momentum", "momentum", {sgd}}, recipe.momentum, share_or_0);
  visit({"nesterov", "Nesterov's momentum", {sgd}}, recipe.nesterov, Flag{true});
  visit({"beta1", "decay of the gradient's mean", {adam, adamw}}, recipe.beta1, share_or_0);
  visit({"beta2", "decay of its square's mean", {adam, adamw}}, recipe.beta2, share_or_0);
  visit({"eps", "added to the root of that mean", {adam, adamw}}, recipe.eps, share);

  visit({"scheduler", "course of the learning rate"}, recipe.scheduler, Word{});
  visit({"step_size", "epochs between steps", {step}}, recipe.step_size, count);
  visit({"gamma", "factor of a step", {step}}, recipe.gamma, positive);
  visit({"eta_min", "learning rate at the end", {cosine}}, recipe.eta_min, positive_or_0);
  visit({"pct_start", "share of the steps on the way up", {onecycle}}, recipe.pct_start, share_or_0);
  visit({"anneal_strategy", "form of the ways up and down", {onecycle}}, recipe.anneal_strategy, Word{});
  visit({"div_factor", "highest learning rate over the first", {onecycle}}, recipe.div_factor, positive);
  visit({"final_div_factor", "first learning rate over the last", {onecycle}}, recipe.final_div_factor, positive);

  visit({"seed", "of weights, order, augmentation and dropout"}, recipe.seed, any);
  visit({"limit", "first N training images only; 0: all"}, recipe.limit, count_or_0);
  visit({"validation", "last N training images choose the best weights"}, recipe.validation, count_or_0);
  visit({"shuffle", "visit the images in the order of the file"}, recipe.shuffle, Flag{false});
  visit({"augment", "no augmentation of the recipe's"}, recipe.augment, Flag{false});
  visit({.name = "crop", .description = "pixels around training images, which are cut anew", .newer = true}, recipe.crop, Whole{0, 1000});
  visit({.name = "flip", .description = "mirror every second training image", .newer = true}, recipe.flip, Flag{true});
  // clang-format on
}

/// Sets the optimizer. Another than before begins with PyTorch's lr and weight decay.
void choose_optimizer(Recipe& recipe, Optimizer optimizer);

/// The library's optimizer with the recipe's values.
AnyOptimizer make_optimizer(const Recipe& recipe);

/// The learning rate of the step after `step` steps.
double learning_rate(const Recipe& recipe, std::uint64_t step, std::size_t steps_per_epoch);

/// Whether the learning rates are planned for the number of epochs, which then is decided at the
/// start.
bool plans_epochs(const Recipe& recipe);

/// What becomes of a training image.
inline Augmentation augmentation(const Recipe& recipe) {
  return {recipe.augment ? recipe.augmentation : nullptr, recipe.crop, recipe.flip};
}

} // namespace trainer
