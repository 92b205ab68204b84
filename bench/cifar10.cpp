// ctnn_cifar10: trains a residual network on the files of CIFAR-10; rivals/cifar10.py runs it beside
// PyTorch with the same recipe.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
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
using Plain = transforms::Compose<Input<3, 32, 32>, transforms::ToTensor, Normalized>;
using Augmented =
    transforms::Compose<Input<3, 32, 32>, transforms::RandomCrop<32, 32, 4>,
                        transforms::RandomHorizontalFlip<>, transforms::ToTensor, Normalized>;

struct Recipe {
  std::string folder;
  std::uint64_t seed;
  std::size_t epochs, batch;
  double lr, weight_decay;
  std::size_t threads;
};

template <class Net>
void train(const Recipe& recipe) {
  const LabelledImages images = load_cifar10(recipe.folder, Split::train),
                       unseen = load_cifar10(recipe.folder, Split::test);
  Network<Net> net(recipe.seed);
  Trainer trainer(net, CrossEntropyLoss{},
                  SGD{.momentum = 0.9, .weight_decay = recipe.weight_decay},
                  {.threads = recipe.threads});
  const Transformed<Plain, LabelledImages> as_they_are(unseen);
  bench::train_one_cycle(
      trainer, {recipe.epochs, recipe.batch, recipe.lr}, images.size(),
      [&](std::uint32_t epoch) {
        return Transformed<Augmented, LabelledImages>(images, recipe.seed, epoch);
      },
      as_they_are);
}

} // namespace

int main(int argc, char** argv) try {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() != 8) {
    std::fputs(
        "usage: ctnn_cifar10 resnet8|resnet20 FOLDER SEED EPOCHS BATCH LR WEIGHT_DECAY THREADS\n",
        stderr);
    return 2;
  }
  const Recipe recipe{.folder = arguments[1],
                      .seed = std::stoul(arguments[2]),
                      .epochs = std::stoul(arguments[3]),
                      .batch = std::stoul(arguments[4]),
                      .lr = std::stod(arguments[5]),
                      .weight_decay = std::stod(arguments[6]),
                      .threads = std::stoul(arguments[7])};
  if (arguments[0] == "resnet20")
    train<bench::ResNet20<BatchNorm2d<>>>(recipe);
  else
    train<bench::ResNet8<BatchNorm2d<>>>(recipe);
} catch (const std::exception& error) {
  std::fprintf(stderr, "ctnn_cifar10: error: %s\n", error.what());
  return 1;
}
