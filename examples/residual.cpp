// A residual network: what a block makes is added to what it got. Trained on marks in noise.
#include <random>

#include <ctnn/train.hpp>

using namespace ctnn;

/// y = ReLU(x + f(x)), C channels in and out.
template <int C>
using Block = Sequential<Residual<Conv2d<C, 3, padding(1), bias(false)>, GroupNorm<4>, ReLU,
                                  Conv2d<C, 3, padding(1), bias(false)>, GroupNorm<4>>,
                         ReLU>;
/// With half the height and width the shortcut is a convolution too: both branches make one shape.
template <int C>
using Down =
    Sequential<Sum<Sequential<Conv2d<C, 3, stride(2), padding(1), bias(false)>, GroupNorm<4>, ReLU,
                              Conv2d<C, 3, padding(1), bias(false)>, GroupNorm<4>>,
                   Named<"shortcut", Conv2d<C, 1, stride(2)>>>,
               ReLU>;

using Net = Sequential<Input<1, 12, 12>, Conv2d<8, 3, padding(1)>, ReLU, Named<"layer1", Block<8>>,
                       Named<"layer2", Sequential<Down<16>, Block<16>>>, AdaptiveAvgPool2d<1>,
                       Flatten, Named<"fc", Linear<4>>>;
static_assert(Net::parameter<"layer2.0.shortcut.weight">().shape == Shape{16, 8, 1, 1});

/// Four marks, five pixels each, somewhere in an image of noise.
TensorDataset<float, 4> marks(std::size_t count, unsigned seed) {
  constexpr int rows[4][5]{{0, 1, 2, 3, 4}, {2, 2, 2, 2, 2}, {0, 1, 2, 3, 4}, {0, 1, 2, 3, 4}};
  constexpr int cols[4][5]{{2, 2, 2, 2, 2}, {0, 1, 2, 3, 4}, {0, 1, 2, 3, 4}, {4, 3, 2, 1, 0}};
  std::mt19937 random(seed);
  std::normal_distribution<float> noise(0, 0.25f);
  std::uniform_int_distribution<std::size_t> at(0, 7);
  Tensor<float, 4> x({count, 1, 12, 12});
  std::vector<std::size_t> labels;
  for (float& pixel : x) pixel = noise(random);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t top = at(random), left = at(random), mark = at(random) % 4;
    for (std::size_t k = 0; k < 5; ++k)
      x(i, 0, top + std::size_t(rows[mark][k]), left + std::size_t(cols[mark][k])) += 1;
    labels.push_back(mark);
  }
  return {x, labels};
}

int main() {
  Network<Net> net(/*seed=*/1);
  Trainer trainer(net, CrossEntropyLoss{}, Adam{.lr = 0.005});
  const auto train = marks(400, 1), test = marks(200, 2);
  for (int epoch = 1; epoch <= 10; ++epoch)
    std::printf("loss %.4f\n", train_epoch(trainer, train, {.batch_size = 20}).loss());
  const double accuracy = trainer.evaluate(test).accuracy();
  std::printf("%.1f %% of unseen marks\n", 100 * accuracy);
  return accuracy > 0.95 ? 0 : 1;
}
