// The ten steps of examples/by_hand.cpp, taken by the library: by_ctnn FOLDER BATCH_SIZE

#include <cstdio>
#include <span>
#include <string>

#include <ctnn/ctnn.hpp>

#include "../../src/mnist_net.hpp"

int main(int, char** argv) {
  const auto images = ctnn::load_mnist(argv[1], ctnn::Split::train);
  const std::size_t size = std::stoul(argv[2]);
  const auto order = ctnn::detail::epoch_order(images.size(), {.seed = 1, .epoch = 1});
  ctnn::Network<Net> net(/*seed=*/1);
  ctnn::Trainer trainer(net, ctnn::NLLLoss{}, ctnn::SGD{.lr = 0.01, .momentum = 0.9});
  for (std::size_t step = 0; step < 10; ++step) {
    const auto batch = std::span(order).subspan(step * size, size);
    std::printf("step %2zu: loss %.7f\n", step + 1, trainer.step(images, batch).loss());
  }
}
