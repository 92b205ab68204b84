// A hundred steps end in the same bits for any number of threads.
#include <cmath>
#include <cstring>
#include <numeric>
#include <vector>

#include <ctnn/train.hpp>

#include "support/catch.hpp"

using namespace ctnn;

namespace {

/// Tiny, with every kind of operation: Winograd's and direct convolution, pooling fused and alone,
/// dropout of elements and of channels, an activation with a parameter, linear.
using Net = Sequential<Input<1, 8, 8>, Conv2d<3, 3, winograd(3)>, MaxPool2d<3>, ReLU, Dropout<0.1>,
                       Conv2d<4, 3, padding(2), direct>, ReLU, MaxPool2d<2, stride(1)>, PReLU<>,
                       Dropout2d<0.1>, Flatten, Linear<6>, Tanh, Linear<3>, LogSoftmax>;

struct Images {
  static constexpr Shape sample_shape = Net::input_shape;
  std::size_t size() const { return 1024; }
  void read(std::size_t i, float* x) const {
    for (std::size_t k = 0; k < Net::input_shape.size(); ++k)
      x[k] = static_cast<float>((i * 7919 + k * 104'729) % 1000) / 500.f - 1.f;
  }
  std::uint32_t label(std::size_t i) const { return static_cast<std::uint32_t>(i % 3); }
};

std::vector<float> weights_after_100_steps(std::size_t threads) {
  const Images images;
  Network<Net> net(2);
  Trainer trainer(net, NLLLoss{}, SGD{.lr = 0.02, .momentum = 0.9, .weight_decay = 1e-4},
                  {.threads = threads, .seed = 6});
  std::vector<std::uint32_t> batch(32);
  for (std::uint32_t step = 0; step < 100; ++step) {
    std::iota(batch.begin(), batch.end(), step * 32 % static_cast<std::uint32_t>(images.size()));
    trainer.step(images, batch);
  }
  return {net.parameter_block().begin(), net.parameter_block().end()};
}

} // namespace

TEST_CASE("100 steps end in the same bits for any number of threads") {
  STATIC_REQUIRE(plan::Program<Net, float>::size == 10);
  const auto one = weights_after_100_steps(1);
  REQUIRE(std::isfinite(std::accumulate(one.begin(), one.end(), 0.f)));
  for (const std::size_t threads : {2u, 3u, 4u, 8u}) {
    CAPTURE(threads);
    const auto many = weights_after_100_steps(threads);
    REQUIRE(many.size() == one.size());
    CHECK(std::memcmp(many.data(), one.data(), one.size() * sizeof(float)) == 0);
  }
}
