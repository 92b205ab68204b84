// ctnn_cifar10: trains a residual network on the files of CIFAR-10; rivals/cifar10.py runs it beside
// PyTorch with the same recipe.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include <ctnn/ctnn.hpp>
#include <ctnn/data/cifar10.hpp>
#include <ctnn/data/transforms.hpp>

namespace {

using namespace ctnn;

template <int C, int K, int S = 1>
using Conv = Conv2d<C, K, stride(S), padding(K / 2), bias(false)>;

/// He et al., Deep Residual Learning for Image Recognition, 2015: ReLU behind the sum; where the stride is
/// 2, the shortcut is a convolution of one pixel.
template <int C, int S = 1>
using Body = Sequential<Conv<C, 3, S>, BatchNorm2d<>, ReLU, Conv<C, 3>, BatchNorm2d<>>;
template <int C>
using Block = Sequential<Residual<Body<C>>, ReLU>;
template <int C, class... Norm>
using Down = Sequential<
    Sum<Body<C, 2>, Sequential<Conv2d<C, 1, stride(2), bias(sizeof...(Norm) == 0)>, Norm...>>,
    ReLU>;

/// MLPerf Tiny's, whose convolutions of one pixel have a bias and no norm.
using ResNet8 = Sequential<Input<3, 32, 32>, Conv<16, 3>, BatchNorm2d<>, ReLU, Block<16>, Down<32>,
                           Down<64>, AdaptiveAvgPool2d<1>, Flatten, Linear<10>>;
/// The paper's, with convolutions of one pixel for shortcuts.
using ResNet20 = Sequential<
    Input<3, 32, 32>, Conv<16, 3>, BatchNorm2d<>, ReLU, Block<16>, Block<16>, Block<16>, //
    Down<32, BatchNorm2d<>>, Block<32>, Block<32>,                                       //
    Down<64, BatchNorm2d<>>, Block<64>, Block<64>, AdaptiveAvgPool2d<1>, Flatten, Linear<10>>;

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
  const std::size_t steps = (images.size() + recipe.batch - 1) / recipe.batch;
  const OneCycleLR schedule{.max_lr = recipe.lr, .total_steps = recipe.epochs * steps};
  trainer.optimizer.lr = schedule.lr_at(0);
  const auto next_lr = [&](const Score&, const Score&) {
    if (trainer.steps() < schedule.total_steps)
      trainer.optimizer.lr = schedule.lr_at(trainer.steps());
  };

  double loss = 0;
  const auto start = std::chrono::steady_clock::now();
  for (std::uint32_t epoch = 0; epoch < recipe.epochs; ++epoch) {
    const Transformed<Augmented, LabelledImages> seen(images, recipe.seed, epoch);
    loss = train_epoch(trainer, seen, {.batch_size = recipe.batch}, next_lr).loss();
  }
  const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
  const Transformed<Plain, LabelledImages> as_they_are(unseen);
  std::printf(
      "{\"parameters\": %zu, \"loss\": %.4f, \"accuracy\": %.4f, \"images_per_second\": %.1f}\n",
      Net::parameter_count, loss, trainer.evaluate(as_they_are).accuracy(),
      static_cast<double>(recipe.epochs * images.size()) / time.count());
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
    train<ResNet20>(recipe);
  else
    train<ResNet8>(recipe);
} catch (const std::exception& error) {
  std::fprintf(stderr, "ctnn_cifar10: error: %s\n", error.what());
  return 1;
}
