// Your own data: any struct that says how many samples it has, writes the numbers of one, and knows
// its class. Here a sample is a point in a plane, on one of two spirals that wind round each other.
//
//   g++ -std=c++20 -O2 -march=native -ffp-contract=off -Iinclude examples/own_data.cpp -lfmt -lz
//   ./a.out spirals.safetensors                            # where the weights go

#include <complex>
#include <cstdint>
#include <cstdio>
#include <numbers>
#include <random>
#include <span>
#include <vector>

#include <ctnn/ctnn.hpp>

using namespace ctnn;

struct Point {
  float x, y;
  std::uint32_t spiral;
};

/// Points at distances r from 0.1 to 1; spiral s is there at the angle 9 r + pi s.
std::vector<Point> two_spirals(std::size_t count) {
  std::mt19937 random(1);
  std::uniform_real_distribution<float> distance(0.1f, 1);
  std::normal_distribution<float> noise(0, 0.02f);
  std::vector<Point> points(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    const float r = distance(random), pi = std::numbers::pi_v<float>;
    const std::complex<float> at = std::polar(r, 9 * r + pi * static_cast<float>(i % 2));
    points[i] = {at.real() + noise(random), at.imag() + noise(random), i % 2};
  }
  return points;
}

/// What ctnn asks of a data set. read() writes a sample of sample_shape in PyTorch's order.
struct Points {
  static constexpr Shape sample_shape{2};
  std::span<const Point> points;

  std::size_t size() const { return points.size(); }
  void read(std::size_t i, float* x) const { x[0] = points[i].x, x[1] = points[i].y; }
  std::uint32_t label(std::size_t i) const { return points[i].spiral; }
};

using Net = Sequential<Input<2>, Linear<32>, ReLU, Linear<32>, ReLU, Linear<2>>;

int main(int argc, char** argv) try {
  const std::vector<Point> points = two_spirals(1000);
  const Points train{std::span(points).first(800)}, test{std::span(points).subspan(800)};

  Network<Net> net(/*seed=*/1);
  Trainer trainer(net, CrossEntropyLoss{}, Adam{.lr = 0.01});
  for (std::uint32_t epoch = 1; epoch <= 20; ++epoch) {
    const Score score = train_epoch(trainer, train, {.batch_size = 50, .epoch = epoch});
    if (epoch % 5 == 0)
      std::printf("epoch %u: loss %.4f, test accuracy %.1f %%\n", epoch, score.loss(),
                  100 * trainer.evaluate(test).accuracy());
  }
  // Named as by torch.nn.Sequential: "0.weight", "0.bias", "2.weight", ...
  save_state_dict(net, argc > 1 ? argv[1] : "spirals.safetensors");
} catch (const std::exception& error) {
  std::fprintf(stderr, "own_data: error: %s\n", error.what());
  return 1;
}
