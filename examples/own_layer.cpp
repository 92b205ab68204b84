// Your own layer: one struct that says its output's shape, its parameters, and how it runs. Its
// gradients are checked against central differences by one call.
//
//   g++ -std=c++20 -O2 -march=native -ffp-contract=off -Iinclude examples/own_layer.cpp -lfmt -lz

#include <cstdio>
#include <string>

#include <ctnn/ctnn.hpp>
#include <xtensor/xmath.hpp>

using namespace ctnn;

/// y = gain * x, one gain for each channel: {C, H, W} stays {C, H, W}. The parameter is `gain` {C}.
struct ChannelGain {
  static constexpr Shape output_shape(Shape in) { return in; }

  static constexpr auto parameters(Shape in) {
    return std::array{Parameter{"gain", {in.channels()}, constant(1)}};
  }

  // In memory the channels are last: they lie side by side in each pixel.
  static void forward(const auto& c) {
    const auto [gain] = c.parameters;
    for (std::size_t pixel = 0; pixel < c.y.size(); pixel += gain.size())
      for (std::size_t k = 0; k < gain.size(); ++k) c.y[pixel + k] = gain[k] * c.x[pixel + k];
  }

  static void backward(const auto& c) {
    const auto [gain] = c.parameters;
    const auto [dgain] = c.gradients;
    for (std::size_t pixel = 0; pixel < c.dy.size(); pixel += gain.size())
      for (std::size_t k = 0; k < gain.size(); ++k) {
        c.dx[pixel + k] = gain[k] * c.dy[pixel + k];  // assigned
        dgain[k] += c.x[pixel + k] * c.dy[pixel + k]; // added to
      }
  }
};

/// The same in xtensor's words: the views have logical indices, {samples, channels, height, width}.
struct TensorGain : ChannelGain {
  static void forward(const auto& c) {
    const auto [gain] = c.parameters;
    c.y.tensor() = c.x.tensor() * gain.tensor(gain.size(), 1, 1);
  }

  static void backward(const auto& c) {
    const auto [gain] = c.parameters;
    const auto [dgain] = c.gradients;
    c.dx.tensor() = c.dy.tensor() * gain.tensor(gain.size(), 1, 1);
    dgain.tensor() += xt::sum(c.dy.tensor() * c.x.tensor(), {0, 2, 3});
  }
};

/// An activation is a function of each element, f, and its derivative told from its value, df; it
/// then runs with the convolution before it. Softsign, x / (1 + |x|), has (1 - |y|)^2.
struct softsign {
  static auto f(auto x) { return x / (1 + abs(x)); }
  static auto df(auto y) { return (1 - abs(y)) * (1 - abs(y)); }
};
struct Softsign : Elementwise<softsign> {};

/// A layer refuses what it cannot take with a sentence, which the compiler prints.
struct OnlyFlat {
  static constexpr Sentence check(Shape in) {
    return in.rank == 1 ? Sentence() : Sentence("expects a vector, got ") << in;
  }
  static constexpr Shape output_shape(Shape in) { return in; }
  static void forward(const auto& c) { c.y.tensor() = c.x.tensor(); }
  static void backward(const auto& c) { c.dx.tensor() = c.dy.tensor(); }
};
static_assert(diagnose<Input<1, 4, 4>, OnlyFlat>() ==
              "layer 0 OnlyFlat: expects a vector, got 1x4x4");

using Net = Sequential<Input<3, 8, 8>, Conv2d<8, 3>, Softsign, Named<"gain", TensorGain>, Flatten,
                       OnlyFlat, Linear<10>>;
static_assert(Net::parameter<"gain.gain">().shape == Shape{8});

int main() {
  const std::string wrong[]{gradcheck<Input<3, 4, 5>, ChannelGain>(),
                            gradcheck<Input<3, 4, 5>, TensorGain>(),
                            gradcheck<Input<2, 6, 6>, Conv2d<3, 3>, Softsign>()};
  for (const std::string& what : wrong) {
    if (what.empty()) continue;
    std::printf("%s\n", what.c_str());
    return 1;
  }
  const Network<Net> net(/*seed=*/1);
  const Tensor<float, 4> x = xt::ones<float>({1, 3, 8, 8});
  std::printf("gradients are right; an output: %.4f\n", double{net.predict(x)(0, 0)});
}
