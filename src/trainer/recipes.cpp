// To change how the network is trained, or what becomes of the images, change it here.

#include "network.hpp"

#include <algorithm>
#include <iterator>

#include <ctnn/data/transforms.hpp>

#include "recipes.hpp"

namespace trainer {
namespace {

using namespace ctnn;
using namespace ctnn::transforms;

constexpr int height = static_cast<int>(Net::input_shape.height());
constexpr int width = static_cast<int>(Net::input_shape.width());

/// A pipeline of `Ts` as a Transform of grey images, which written digits are: null for a network that
/// takes others. What it leaves is in [0, 1]: the data set says how that is normalised.
template <class... Ts>
constexpr Transform augment = [] {
  if constexpr (Net::input_shape.rank != 3 || Net::input_shape.channels() != 1)
    return nullptr;
  else
    return [](const std::uint8_t* pixels, const Random& random, float* x) {
      Compose<Input<1, height, width>, Ts..., ToTensor>::apply(pixels, random, x);
    };
}();

/// The assignment's own.
constexpr Transform crops =
    augment<RandomApply<CenterCrop<22>, 0.1>, Resize<height, width>, RandomRotation<-15, 15>>;

/// Shapes that are all different teach more in an epoch than the same 60,000 again: with small
/// moves, scales and shears too, two epochs do more than twenty of the assignment's.
constexpr Transform affine = augment<RandomAffine<Affine{
    .degrees = 8, .translate = {0.08, 0.08}, .scale = {0.92, 1.08}, .shear = 4}>>;

constexpr Recipe table[]{
    {.name = "assignment",
     .augmentation = crops,
     .epochs = 20,
     .batch_size = 512,
     .optimizer = Optimizer::sgd,
     .lr = 0.01,
     .momentum = 0.9,
     .scheduler = Scheduler::step,
     .step_size = 15,
     .gamma = 0.1},
    {.name = "fast",
     .augmentation = affine,
     .epochs = 2,
     .batch_size = 64,
     .optimizer = Optimizer::sgd,
     .lr = 0.05,
     .weight_decay = 5e-4,
     .momentum = 0.9,
     .nesterov = true,
     .scheduler = Scheduler::onecycle},
    {.name = "photos", // of things, for a network with batch normalisations
     .augmentation = nullptr,
     .epochs = 20,
     .batch_size = 128,
     .optimizer = Optimizer::sgd,
     .lr = 0.2,
     .weight_decay = 5e-4,
     .momentum = 0.9,
     .scheduler = Scheduler::onecycle,
     .crop = 4,
     .flip = true},
};

} // namespace

std::span<const Recipe> recipes() { return table; }

const Recipe* find_recipe(std::string_view name) {
  const auto found = std::ranges::find(table, name, &Recipe::name);
  return found == std::end(table) ? nullptr : found;
}

} // namespace trainer
