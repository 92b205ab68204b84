#pragma once
// How a network is trained, and the one list of a recipe's fields: the command line, metrics.jsonl
// and the saved state are made of it.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <ctnn/train/muon.hpp>
#include <ctnn/train/optimizers.hpp>
#include <ctnn/train/schedulers.hpp>

#include "engine.hpp"
#include "ranges.hpp"
#include "samples.hpp"
#include "words.hpp"

namespace trainer {

/// What a resumed run must not change. Where a recipe says nothing, the values are PyTorch's, or what
/// leaves the rest as it is.
struct Recipe {
  std::string_view name;
  Transform augmentation; ///< what becomes of a grey training image, before it is normalised

  std::size_t epochs;
  std::size_t batch_size;
  double label_smoothing = 0;

  Optimizer optimizer;
  double lr; ///< the largest, under a schedule that begins with less
  double weight_decay = 0;
  double momentum = ctnn::SGD{}.momentum;
  bool nesterov = ctnn::SGD{}.nesterov;
  double beta1 = ctnn::Adam{}.beta1;
  double beta2 = ctnn::Adam{}.beta2;
  double eps = ctnn::Adam{}.eps;
  double alpha = ctnn::RMSprop{}.alpha;
  bool centered = ctnn::RMSprop{}.centered;
  double momentum_decay = ctnn::NAdam{}.momentum_decay;
  AdjustLr adjust_lr_fn = AdjustLr::match_rms_adamw; ///< so that one lr is also AdamW's
  StepOptions step_options{};

  Scheduler scheduler;
  std::size_t warmup_epochs = 0;
  double warmup_factor = ctnn::LinearLR{}.start_factor;
  std::size_t step_size = 15; ///< PyTorch has no default
  Milestones milestones{};    ///< nor here
  double gamma = ctnn::StepLR{}.gamma;
  double start_factor = 1; ///< PyTorch's are a warm-up's
  double end_factor = 0;
  std::size_t total_iters = 0; ///< 0: all epochs
  double power = ctnn::PolynomialLR{}.power;
  double eta_min = ctnn::CosineAnnealingLR{}.eta_min;
  std::size_t t_0 = 10; ///< PyTorch has no default
  std::size_t t_mult = ctnn::CosineAnnealingWarmRestarts{}.T_mult;
  double pct_start = ctnn::OneCycleLR{}.pct_start;
  ctnn::OneCycleLR::Anneal anneal_strategy = ctnn::OneCycleLR{}.anneal_strategy;
  double div_factor = ctnn::OneCycleLR{}.div_factor;
  double final_div_factor = ctnn::OneCycleLR{}.final_div_factor;
  bool cycle_momentum = false;
  double base_momentum = ctnn::OneCycleLR{}.base_momentum;
  double max_momentum = ctnn::OneCycleLR{}.max_momentum;
  double factor = ctnn::ReduceLROnPlateau{}.factor;
  std::size_t lr_patience = ctnn::ReduceLROnPlateau{}.patience;
  double threshold = ctnn::ReduceLROnPlateau{}.threshold;
  std::size_t cooldown = ctnn::ReduceLROnPlateau{}.cooldown;
  double min_lr = ctnn::ReduceLROnPlateau{}.min_lr;

  std::uint64_t seed = 1;
  std::size_t limit = 0; ///< first training images only; 0: all
  /// last training images, a share or their number, not trained on but to choose the best weights
  double validation = 0;
  bool shuffle = true;
  bool augment = true;
  /// pixels around the image that a training image is cut of, before `augmentation`
  std::size_t crop = 0;
  bool flip = false; ///< whether every second training image is mirrored
};

/// Whose a field is.
using Owner = std::variant<Optimizer, Scheduler, SchedulePart>;

/// What is known of a field besides its value and range.
struct Field {
  std::string_view name; ///< in files; the option's has - for _
  std::string_view description;
  std::vector<Owner> owners{}; ///< without one of them it has no meaning; empty: it always has one
  bool new_run_only = true;    ///< whether a run that goes on must keep it
  bool newer = false; ///< whether states of older programs lack it; they did what the recipe says

  bool is_of(const Recipe& recipe) const;
};

/// What a field is called on the command line: --batch-size.
std::string option_of(std::string_view field, std::string_view dashes = "--");

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
  visit({.name = "label_smoothing", .description = "share of a target that is all classes'", .newer = true}, recipe.label_smoothing, share_or_0);

  visit({"optimizer", "another than the recipe's begins with PyTorch's lr"}, recipe.optimizer, Word{});
  visit({"lr", "learning rate, at its highest"}, recipe.lr, positive);
  visit({"weight_decay", "L2 penalty; for AdamW, Lion and Muon apart from the gradient"}, recipe.weight_decay, share_or_0);
  visit({.name = "norm_weight_decay", .description = "no weight decay of biases and norms", .newer = true}, recipe.step_options.norm_weight_decay, Flag{false});
  visit({"momentum", "momentum", {sgd, rmsprop, muon}}, recipe.momentum, share_or_0);
  visit({"nesterov", "Nesterov's momentum", {sgd, muon}}, recipe.nesterov, Flag{true});
  visit({"beta1", "decay of the gradient's mean", {adam, adamw, nadam, lion, muon}}, recipe.beta1, share_or_0);
  visit({"beta2", "decay of its square's mean; of Lion, its own", {adam, adamw, nadam, lion, muon}}, recipe.beta2, share_or_0);
  visit({"alpha", "decay of the gradient's square's mean", {rmsprop}}, recipe.alpha, share_or_0);
  visit({"eps", "added to the root of that mean", {adam, adamw, rmsprop, nadam, muon}}, recipe.eps, share);
  visit({"centered", "that mean is a variance", {rmsprop}}, recipe.centered, Flag{true});
  visit({"momentum_decay", "how slowly momentum grows", {nadam}}, recipe.momentum_decay, share_or_0);
  visit({"adjust_lr_fn", "what the lr of matrices is scaled by", {muon}}, recipe.adjust_lr_fn, Word{});
  visit({.name = "clip_grad_value", .description = "largest gradient, before its norm; 0: any", .newer = true}, recipe.step_options.clip_grad_value, positive_or_0);
  visit({.name = "clip_grad_norm", .description = "largest norm of all gradients; 0: any", .newer = true}, recipe.step_options.clip_grad_norm, positive_or_0);
  visit({.name = "ema", .description = "decay of the weights' average, which is saved; 0: none", .newer = true}, recipe.step_options.ema, share_or_0);

  visit({"scheduler", "course of the learning rate"}, recipe.scheduler, Word{});
  visit({.name = "warmup_epochs", .description = "epochs on the way up to it", .newer = true}, recipe.warmup_epochs, count_or_0);
  visit({"warmup_factor", "share of it that they begin with", {SchedulePart::warmup}}, recipe.warmup_factor, share);
  visit({"step_size", "epochs between steps", {step}}, recipe.step_size, count);
  visit({"milestones", "epochs of the steps", {multistep}}, recipe.milestones, Ascending{many});
  visit({"gamma", "factor of a step, or an epoch", {step, multistep, exponential}}, recipe.gamma, positive);
  visit({"start_factor", "share of lr at first", {linear}}, recipe.start_factor, positive);
  visit({"end_factor", "share of lr at last", {linear}}, recipe.end_factor, positive_or_0);
  visit({"total_iters", "epochs from first to last; 0: all", {linear, polynomial}}, recipe.total_iters, count_or_0);
  visit({"power", "1 for a straight line", {polynomial}}, recipe.power, positive);
  visit({"eta_min", "learning rate at the end", {cosine, warm_restarts}}, recipe.eta_min, positive_or_0);
  visit({"t_0", "epochs to the first restart", {warm_restarts}}, recipe.t_0, count);
  visit({"t_mult", "by what each stretch is longer", {warm_restarts}}, recipe.t_mult, count);
  visit({"pct_start", "share of the steps on the way up", {onecycle}}, recipe.pct_start, share_or_0);
  visit({"anneal_strategy", "form of the ways up and down", {onecycle}}, recipe.anneal_strategy, Word{});
  visit({"div_factor", "highest learning rate over the first", {onecycle}}, recipe.div_factor, positive);
  visit({"final_div_factor", "first learning rate over the last", {onecycle}}, recipe.final_div_factor, positive);
  visit({.name = "cycle_momentum", .description = "momentum, or beta1, goes the other way", .owners = {onecycle}, .newer = true}, recipe.cycle_momentum, Flag{true});
  visit({"base_momentum", "at the highest learning rate", {SchedulePart::cycled_momentum}}, recipe.base_momentum, share_or_0);
  visit({"max_momentum", "at first and at last", {SchedulePart::cycled_momentum}}, recipe.max_momentum, share_or_0);
  visit({"factor", "factor of a reduction", {plateau}}, recipe.factor, share);
  visit({"lr_patience", "epochs without a lower loss before it", {plateau}}, recipe.lr_patience, count_or_0);
  visit({"threshold", "part by which a loss must be lower", {plateau}}, recipe.threshold, share_or_0);
  visit({"cooldown", "epochs after it that are not counted", {plateau}}, recipe.cooldown, count_or_0);
  visit({"min_lr", "learning rate that is not reduced", {plateau}}, recipe.min_lr, positive_or_0);

  visit({"seed", "of weights, order, augmentation and dropout"}, recipe.seed, any);
  visit({"limit", "first N training images only; 0: all"}, recipe.limit, count_or_0);
  visit({"validation", "last N training images, or share, choose the best weights"}, recipe.validation, ShareOrCount{many});
  visit({"shuffle", "visit the images in the order of the file"}, recipe.shuffle, Flag{false});
  visit({"augment", "no augmentation of the recipe's"}, recipe.augment, Flag{false});
  visit({.name = "crop", .description = "pixels around training images, which are cut anew", .newer = true}, recipe.crop, Whole{0, 1000});
  visit({.name = "flip", .description = "mirror every second training image", .newer = true}, recipe.flip, Flag{true});
  // clang-format on
}

/// Sets the optimizer. Another than before begins with PyTorch's values.
void choose_optimizer(Recipe& recipe, Optimizer optimizer);

/// Sets the scheduler. Another than before begins with a gamma of its own.
void choose_scheduler(Recipe& recipe, Scheduler scheduler);

/// The library's optimizer with the recipe's values.
AnyOptimizer make_optimizer(const Recipe& recipe);

/// Whether the optimizer has momentum, which is cycled where it is asked for; else beta1 is.
bool has_momentum(const Recipe& recipe);

/// What two fields say against each other.
struct Contradiction {
  std::string field; ///< as `spell` has it
  std::string what;  ///< "wants a momentum, and --momentum is 0"
};

/// The first in a recipe whose fields each are in their range, if there is one; `spell` says what a field
/// is called.
std::optional<Contradiction>
contradiction(const Recipe& recipe, const std::function<std::string(std::string_view)>& spell);

/// Of so many training images, those that are for validation.
std::size_t validation_images(const Recipe& recipe, std::size_t images);

/// The learning rate of the step after `step` steps. `top` is the recipe's, until ReduceLROnPlateau has
/// reduced it.
double learning_rate(const Recipe& recipe, double top, std::uint64_t step,
                     std::size_t steps_per_epoch);

/// The momentum of that step, if it is cycled.
std::optional<double> momentum(const Recipe& recipe, std::uint64_t step,
                               std::size_t steps_per_epoch);

/// The recipe's, before it is told a metric.
ctnn::ReduceLROnPlateau make_plateau(const Recipe& recipe);

/// Whether the learning rates are planned for the number of epochs, which then is decided at the
/// start.
bool plans_epochs(const Recipe& recipe);

/// What becomes of a training image.
inline Augmentation augmentation(const Recipe& recipe) {
  return {recipe.augment ? recipe.augmentation : nullptr, recipe.crop, recipe.flip};
}

} // namespace trainer
