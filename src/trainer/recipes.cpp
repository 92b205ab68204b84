// To change how the network is trained, or what becomes of the images, change it here.

#include CTNN_NETWORK_HEADER

#include "recipes.hpp"

#include <algorithm>

#include <ctnn/data/transforms.hpp>
#include <ctnn/train/schedulers.hpp>

namespace trainer {
namespace {

using namespace ctnn;
using namespace ctnn::transforms;

// load_mnist takes grey images of just the size that the network takes.
constexpr int height = static_cast<int>(Net::input_shape.height());
constexpr int width = static_cast<int>(Net::input_shape.width());
template <class... Ts>
using FromImage = Compose<Input<1, height, width>, Ts...>;

/// The assignment's own.
using Assignment = FromImage<RandomApply<CenterCrop<22>, 0.1>, Resize<height, width>,
                             RandomRotation<-15, 15>, ToTensor, Normalize<0.1307, 0.3081>>;

/// Shapes that are all different teach more in an epoch than the same 60,000 again: with small moves,
/// scales and shears too, two epochs do more than twenty of the assignment's.
using Fast =
    FromImage<RandomAffine<Affine{
                  .degrees = 8, .translate = {0.08, 0.08}, .scale = {0.92, 1.08}, .shear = 4}>,
              ToTensor, Normalize<0.1307, 0.3081>>;

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
    return {.name = "fast", .epochs = 2, .batch_size = 64, .lr = 0.05, .weight_decay = 5e-4};
  return {};
}

bool one_cycle(const Recipe& recipe) { return recipe.name == "fast"; }

Rates rates(const Recipe& recipe, std::uint64_t step, std::size_t steps_per_epoch) {
  if (!one_cycle(recipe))
    return {StepLR{recipe.lr, recipe.step_size, recipe.gamma}.lr_at(step / steps_per_epoch),
            recipe.momentum};
  const std::size_t total = recipe.epochs * steps_per_epoch;
  const OneCycleLR cycle{.max_lr = recipe.lr, .total_steps = total};
  return {cycle.lr_at(std::min<std::size_t>(step, total - 1)), recipe.momentum};
}

Transform transform(const Recipe& recipe) {
  if (!recipe.augment) return nullptr;
  return one_cycle(recipe) ? apply<Fast> : apply<Assignment>;
}

bool nesterov(const Recipe& recipe) { return one_cycle(recipe); }

} // namespace trainer
