#include CTNN_NETWORK_HEADER

#include "recipes.hpp"

#include <ctnn/data/transforms.hpp>
#include <ctnn/train/schedulers.hpp>

namespace trainer {
namespace {

using namespace ctnn;

/// Both data sets have 28x28 grey images.
template <class... Ts>
using FromImage = Compose<Input<1, 28, 28>, Ts...>;
constexpr int height = static_cast<int>(Net::input_shape.height());
constexpr int width = static_cast<int>(Net::input_shape.width());

/// The assignment's own.
using Assignment = FromImage<RandomApply<CenterCrop<22>, 0.1>, Resize<height, width>,
                             RandomRotation<-15, 15>, ToTensor, Normalize<0.1307, 0.3081>>;

using Fast = FromImage<
    RandomAffine<Affine{.degrees = 10, .translate = {0.1, 0.1}, .scale = {0.9, 1.1}, .shear = 5}>,
    Resize<height, width>, ToTensor, Normalize<0.1307, 0.3081>>;

template <class Pipeline>
void apply(const std::uint8_t* pixels, std::uint64_t seed, std::uint32_t epoch,
           std::uint32_t sample, float* x) {
  Random random(seed, epoch, sample);
  Pipeline::apply(pixels, random, x);
}

} // namespace

std::vector<std::string> recipe_names() { return {"assignment", "fast"}; }

Recipe recipe(std::string_view name) {
  if (name == "fast")
    return {.name = "fast",
            .epochs = 8,
            .batch_size = 128,
            .lr = 0.1,
            .momentum = 0.9,
            .weight_decay = 5e-4};
  return {};
}

bool plans_ahead(const Recipe& recipe) { return recipe.name == "fast"; }

Rates rates(const Recipe& recipe, std::uint64_t step, std::size_t steps_per_epoch) {
  if (!plans_ahead(recipe))
    return {StepLR{recipe.lr, recipe.step_size, recipe.gamma}.lr_at(step / steps_per_epoch),
            recipe.momentum};
  const std::size_t total = recipe.epochs * steps_per_epoch;
  const OneCycleLR cycle{.max_lr = recipe.lr, .total_steps = total};
  return {cycle.lr_at(std::min<std::size_t>(step, total - 1)), recipe.momentum};
}

Transform transform(const Recipe& recipe) {
  if (!recipe.augment) return nullptr;
  return plans_ahead(recipe) ? apply<Fast> : apply<Assignment>;
}

bool nesterov(const Recipe& recipe) { return plans_ahead(recipe); }

} // namespace trainer
