// ctnn_fashion_mnist: trains a residual network on Fashion-MNIST; rivals/fashion_mnist.py runs it beside
// PyTorch with the same recipe.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include <ctnn/ctnn.hpp>

#include "one_cycle.hpp"

namespace {

using namespace ctnn;

template <int C, int S = 1>
using Conv = Conv2d<C, 3, stride(S), padding(1), bias(false)>;
template <int C, int S = 1>
using Body = Sequential<Conv<C, S>, GroupNorm<8>, ReLU, Conv<C>, GroupNorm<8>>;
template <int C>
using Down = Sequential<Sum<Body<C, 2>, Conv2d<C, 1, stride(2)>>, ReLU>;
using Net = Sequential<Input<1, 28, 28>, Conv<16>, GroupNorm<8>, ReLU,    //
                       Sequential<Residual<Body<16>>, ReLU>,              //
                       Down<32>, Down<64>, AdaptiveAvgPool2d<3>, Flatten, //
                       Linear<10>, LogSoftmax>;
static_assert(Net::parameter_count == 82'778); // fashion_mnist.py has as many

} // namespace

int main(int argc, char** argv) try {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() != 7) {
    std::fputs("usage: ctnn_fashion_mnist FOLDER SEED EPOCHS IMAGES BATCH LR THREADS\n", stderr);
    return 2;
  }
  const auto whole = [&](std::size_t i) { return std::stoul(arguments[i]); };

  constexpr Normalization normalization{.mean = 0.2860f, .std = 0.3530f};
  const auto load = [&](Split split) {
    return load_mnist(arguments[0], split, 10, Net::input_shape, normalization);
  };
  ImageDataset train = load(Split::train);
  const ImageDataset test = load(Split::test);
  train.truncate(whole(3));

  Network<Net> net(whole(1));
  Trainer trainer(net, NLLLoss{}, SGD{.momentum = 0.9, .weight_decay = 5e-4},
                  {.threads = whole(6)});
  bench::train_one_cycle(
      trainer, {whole(2), whole(4), std::stod(arguments[5])}, train.size(),
      [&](std::uint32_t) -> const ImageDataset& { return train; },
      [&] { return trainer.evaluate(test).accuracy(); });
} catch (const std::exception& error) {
  std::fprintf(stderr, "ctnn_fashion_mnist: error: %s\n", error.what());
  return 1;
}
