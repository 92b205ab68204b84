// ctnn_cifar10: trains a network on the files of CIFAR-10. rivals/cifar10.py runs its residual networks
// beside PyTorch by the same recipe; `plain` is its own, for ten minutes of two cores.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <functional>
#include <string>
#include <vector>

#include <ctnn/ctnn.hpp>
#include <ctnn/data/cifar10.hpp>
#include <ctnn/data/transforms.hpp>

#include "one_cycle.hpp"
#include "resnets.hpp"

namespace {

using namespace ctnn;

using Normalized =
    transforms::Normalize<std::array{0.4914, 0.4822, 0.4465}, std::array{0.2470, 0.2435, 0.2616}>;
template <class... Ts>
using Pipeline = transforms::Compose<Input<3, 32, 32>, Ts..., transforms::ToTensor, Normalized>;
using Augmented = Pipeline<transforms::RandomCrop<32, 32, 4>, transforms::RandomHorizontalFlip<>>;
using Mirrored = Pipeline<transforms::RandomHorizontalFlip<1.0>>;

template <int C>
using Conv = Conv2d<C, 3, padding(1), bias(false)>;
template <int C>
using Stage = Sequential<Conv<C>, MaxPool2d<2>, BatchNorm2d<>, ReLU, Conv<C>, BatchNorm2d<>, ReLU>;
/// 3×3 convolutions of many channels are what the library is fastest at, for each multiply-add.
using Plain = Sequential<Input<3, 32, 32>, Conv<32>, BatchNorm2d<>, ReLU, //
                         Stage<64>, Stage<128>, Stage<256>, MaxPool2d<4>, Flatten, Linear<10>>;

struct Recipe {
  std::string folder;
  std::uint64_t seed;
  std::size_t epochs, batch;
  double lr, weight_decay;
  std::size_t threads;
};

template <class Net, class Accuracy>
void train(const Recipe& recipe, CrossEntropyLoss loss, SGD sgd, Accuracy&& accuracy) {
  const LabelledImages images = load_cifar10(recipe.folder, Split::train),
                       unseen = load_cifar10(recipe.folder, Split::test);
  Network<Net> net(recipe.seed);
  sgd.weight_decay = recipe.weight_decay;
  Trainer trainer(net, loss, sgd, {.threads = recipe.threads});
  bench::train_one_cycle(
      trainer, {recipe.epochs, recipe.batch, recipe.lr}, images.size(),
      [&](std::uint32_t epoch) {
        return Transformed<Augmented, LabelledImages>(images, recipe.seed, epoch);
      },
      [&] { return accuracy(trainer, unseen); });
}

constexpr auto as_it_is = [](auto& trainer, const LabelledImages& images) {
  return trainer.evaluate(Transformed<Pipeline<>, LabelledImages>(images)).accuracy();
};

/// Of the scores of an image and its mirror image together.
constexpr auto both_ways = [](auto& trainer, const LabelledImages& images) {
  constexpr std::size_t classes = Plain::output_shape.size();
  std::vector<float> scores(images.size() * classes), mirrored(scores.size());
  trainer.evaluate(Transformed<Pipeline<>, LabelledImages>(images), scores);
  trainer.evaluate(Transformed<Mirrored, LabelledImages>(images), mirrored);
  std::size_t correct = 0;
  for (std::size_t i = 0; i < images.size(); ++i) {
    const auto first = scores.begin() + static_cast<std::ptrdiff_t>(i * classes);
    std::transform(first, first + classes, mirrored.begin() + (first - scores.begin()), first,
                   std::plus());
    correct += std::max_element(first, first + classes) - first == images.label(i);
  }
  return static_cast<double>(correct) / static_cast<double>(images.size());
};

/// Whether there is such a network.
bool train(const std::string& network, const Recipe& recipe) {
  const SGD sgd{.momentum = 0.9};
  if (network == "resnet8")
    train<bench::ResNet8<BatchNorm2d<>>>(recipe, {}, sgd, as_it_is);
  else if (network == "resnet20")
    train<bench::ResNet20<BatchNorm2d<>>>(recipe, {}, sgd, as_it_is);
  else if (network == "plain")
    train<Plain>(recipe, {.label_smoothing = 0.1}, {.momentum = 0.9, .nesterov = true}, both_ways);
  else
    return false;
  return true;
}

} // namespace

int main(int argc, char** argv) try {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const auto usage = [] {
    std::fputs(
        "usage: ctnn_cifar10 resnet8|resnet20|plain FOLDER SEED EPOCHS BATCH LR WEIGHT_DECAY "
        "THREADS\n",
        stderr);
    return 2;
  };
  if (arguments.size() != 8) return usage();
  const Recipe recipe{.folder = arguments[1],
                      .seed = std::stoul(arguments[2]),
                      .epochs = std::stoul(arguments[3]),
                      .batch = std::stoul(arguments[4]),
                      .lr = std::stod(arguments[5]),
                      .weight_decay = std::stod(arguments[6]),
                      .threads = std::stoul(arguments[7])};
  return train(arguments[0], recipe) ? 0 : usage();
} catch (const std::exception& error) {
  std::fprintf(stderr, "ctnn_cifar10: error: %s\n", error.what());
  return 1;
}
