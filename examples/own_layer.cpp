// A layer of your own: its output's shape, its parameters, how it goes forward and backward. Whether
// the one belongs to the other is asked by gradcheck.
#include <iostream>

#include <ctnn/train.hpp>
#include <xtensor/xmath.hpp>

using namespace ctnn;

/// x where it is positive, elsewhere weight * x, with a weight for each channel: a PReLU by hand.
struct OwnPReLU {
  static constexpr Shape output_shape(Shape in) { return in; }
  static constexpr auto parameters(Shape in) {
    return std::array{Parameter{"weight", {in.channels()}, constant(0.25)}};
  }
  static constexpr Reads backward_reads = Reads::input; // y need not be kept

  // In memory the channels are last: they lie side by side in each pixel.
  static void forward(const auto& c) {
    const auto [weight] = c.parameters;
    for (std::size_t i = 0; i < c.y.size(); i += weight.size())
      for (std::size_t k = 0; k < weight.size(); ++k)
        c.y[i + k] = c.x[i + k] > 0 ? c.x[i + k] : weight[k] * c.x[i + k];
  }
  static void backward(const auto& c) {
    const auto [weight] = c.parameters;
    const auto [dweight] = c.gradients;
    for (std::size_t i = 0; i < c.dy.size(); i += weight.size())
      for (std::size_t k = 0; k < weight.size(); ++k) {
        const bool positive = c.x[i + k] > 0;
        c.dx[i + k] = positive ? c.dy[i + k] : weight[k] * c.dy[i + k]; // assigned
        if (!positive) dweight[k] += c.x[i + k] * c.dy[i + k];          // added to
      }
  }
};

/// The same in xtensor's words: shorter and slower. Views are {samples, channels, height, width}.
struct TensorPReLU : OwnPReLU {
  static void forward(const auto& c) {
    const auto [weight] = c.parameters;
    const auto x = c.x.tensor();
    c.y.tensor() = xt::maximum(x, 0) + weight.tensor(weight.size(), 1, 1) * xt::minimum(x, 0);
  }
};

/// With a mistake: as if x were positive everywhere.
struct Wrong : OwnPReLU {
  static void backward(const auto& c) {
    for (std::size_t i = 0; i < c.dy.size(); ++i) c.dx[i] = c.dy[i];
  }
};

using Net = Sequential<Input<3, 8, 8>, Conv2d<8, 3>, Named<"act", OwnPReLU>, Flatten, Linear<10>>;
static_assert(Net::parameter<"act.weight">().shape == Shape{8});

int main() { // small odd shapes meet every tail of a loop
  const std::string right = gradcheck<Input<3, 4, 5>, OwnPReLU, Conv2d<2, 3>, TensorPReLU>();
  const std::string wrong = gradcheck<Input<3, 4, 5>, Wrong>();
  std::cout << "OwnPReLU: " << (right.empty() ? "right" : right) << "\nWrong: " << wrong << '\n';
  return right.empty() && !wrong.empty() ? 0 : 1;
}
