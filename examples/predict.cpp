// Which digit is it? Weights with PyTorch's names and layouts, from scripts/train or from
// safetensors.torch.save_file(net.state_dict(), path), go into a network type, an image through it.
//
//   g++ -std=c++20 -O2 -march=native -ffp-contract=off -Iinclude examples/predict.cpp -lfmt -lz
//   ./a.out runs/mnist/best.safetensors data/mnist 7       # the test image of index 7

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>

#include <ctnn/ctnn.hpp>

#include "../src/mnist_net.hpp" // using Net = ctnn::Sequential<...>;

int main(int argc, char** argv) try {
  using enum ctnn::ErrorCode;
  if (argc != 4) throw ctnn::Error(bad_argument, "usage: predict WEIGHTS FOLDER INDEX");
  ctnn::Network<Net> net;
  ctnn::load_state_dict(net, argv[1]);

  const auto images = ctnn::load_mnist(argv[2], ctnn::Split::test);
  const std::size_t index = std::strtoul(argv[3], nullptr, 10);
  if (index >= images.size() || std::to_string(index) != argv[3])
    throw ctnn::Error(bad_argument, "INDEX: expected 0 to " + std::to_string(images.size() - 1) +
                                        ", found " + argv[3]);
  auto x = ctnn::Tensor<float, 4>::from_shape({1, 1, 28, 28}); // a batch of one
  images.read(index, x.data());

  const auto y = net.predict(x); // {1, 10}: the logarithm of each class's probability
  const auto likeliest = std::max_element(y.begin(), y.end()) - y.begin();
  std::printf("predicted %td, labelled %d\n", likeliest, images.label(index));
  for (std::size_t k = 0; k < y.size(); ++k)
    std::printf("%zu %8.4f %%\n", k, 100 * std::exp(y(0, k)));
} catch (const std::exception& error) {
  std::fprintf(stderr, "predict: error: %s\n", error.what());
  return 1;
}
