#include "support/channel_gain.hpp"
#include "support/pytorch.hpp"

#include <xtensor/xmath.hpp>

using namespace ctnn;

namespace {

/// The same as ChannelGain, in xtensor's words.
struct TensorGain {
  static constexpr Shape output_shape(Shape in) { return in; }
  static constexpr auto parameters(Shape in) {
    return std::array{Parameter{"gain", {in.channels()}, constant(1)}};
  }
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

/// Swaps height and width, so that a view with the wrong strides is found out.
struct Transpose {
  static constexpr Shape output_shape(Shape in) { return {in[0], in[2], in[1]}; }
  static void forward(const auto& c) { c.y.tensor() = xt::transpose(c.x.tensor(), {0, 1, 3, 2}); }
  static void backward(const auto& c) {
    c.dx.tensor() = xt::transpose(c.dy.tensor(), {0, 1, 3, 2});
  }
};

/// An activation of the user's own: y = exp(x).
struct exponential {
  static auto f(auto x) { return exp(x); }
  static auto df(auto y) { return y; }
};
struct Exp : Elementwise<exponential> {};

} // namespace

TEST_CASE("a layer can be written in xtensor") {
  CHECK(gradcheck<Input<3, 4, 5>, TensorGain>() == "");
  CHECK(gradcheck<Input<1, 4, 1>, Transpose>() == "");
  CHECK(gradcheck<Input<3, 2, 5>, Transpose>() == "");
  using Loops = Sequential<Input<3, 4, 5>, Named<"gain", ChannelGain>>;
  using Tensors = Sequential<Input<3, 4, 5>, Named<"gain", TensorGain>>;
  Network<Loops> loops;
  Network<Tensors> tensors;
  const Tensor<float, 1> gain{2.f, -3.f, 0.5f};
  loops.assign<"gain.gain">(gain);
  tensors.assign<"gain.gain">(gain);
  Tensor<float, 4> x = xt::arange<float>(120).reshape({2, 3, 4, 5});
  CHECK((loops.predict(x) == tensors.predict(x)));
  const Tensor<float, 4> turned = Network<Sequential<Input<3, 4, 5>, Transpose>>().predict(x);
  CHECK((turned(1, 2, 4, 3) == x(1, 2, 3, 4)));
}

TEST_CASE("an activation of the user's own runs with the layer before it") {
  STATIC_REQUIRE(plan::Program<Sequential<Input<4>, Linear<3>, Exp>, float>::size == 1);
  CHECK(gradcheck<Input<4>, Linear<3>, Exp>() == "");
  CHECK(gradcheck<Input<2, 4, 4>, Conv2d<3, 3>, MaxPool2d<2>, Exp>() == "");
}

TEST_CASE("a layer of the user's own keeps the law of gradients") {
  CHECK(gradcheck<Input<3, 4, 5>, ChannelGain>() == "");
}

TEST_CASE("a layer of the user's own has its place in a network") {
  using Net = Sequential<Input<2, 3, 3>, Named<"gain", ChannelGain>, Flatten, Linear<4>>;
  STATIC_REQUIRE(Net::parameter<"gain.gain">().shape == Shape{2});
  STATIC_REQUIRE(Net::nodes[0].kind == "ChannelGain");
  const Network<Net> net;
  CHECK(net.parameter<"gain.gain">()(1) == 1.f);
}
