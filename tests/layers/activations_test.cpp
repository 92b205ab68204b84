#include "support/pytorch.hpp"

using namespace ctnn;
using ctnn::test::agrees_with_pytorch;

namespace {

/// Inputs of gradcheck lie in [-1, 1]: this takes them to where the activations bend.
struct Gain {
  static constexpr Shape output_shape(Shape in) { return in; }
  static constexpr Reads backward_reads = Reads::nothing;
  static void forward(const auto& c) {
    for (std::size_t i = 0; i < c.y.size(); ++i) c.y[i] = 7 * c.x[i];
  }
  static void backward(const auto& c) {
    for (std::size_t i = 0; i < c.dy.size(); ++i) c.dx[i] = 7 * c.dy[i];
  }
};

} // namespace

TEST_CASE("activations agree with PyTorch") {
  agrees_with_pytorch<Input<3, 4, 5>, ReLU>("relu");
  agrees_with_pytorch<Input<3, 4, 5>, LeakyReLU<0.01>>("leaky_relu_0.01");
  agrees_with_pytorch<Input<3, 4, 5>, LeakyReLU<0.2>>("leaky_relu_0.2");
  agrees_with_pytorch<Input<3, 4, 5>, Sigmoid>("sigmoid");
  agrees_with_pytorch<Input<3, 4, 5>, Tanh>("tanh");
  agrees_with_pytorch<Input<3, 4, 5>, ReLU6>("relu6");
  // PyTorch 1.13 multiplies a gradient in double by a sixth in float.
  agrees_with_pytorch<Input<3, 4, 5>, Hardsigmoid, float>("hardsigmoid");
}

TEST_CASE("activations whose derivative is told from the input agree with PyTorch") {
  agrees_with_pytorch<Input<3, 4, 5>, GELU<>>("gelu");
  agrees_with_pytorch<Input<3, 4, 5>, GELU<approximate("none")>>("gelu");
  agrees_with_pytorch<Input<3, 4, 5>, GELU<approximate("tanh")>>("gelu_tanh");
  agrees_with_pytorch<Input<3, 4, 5>, SiLU>("silu");
  agrees_with_pytorch<Input<3, 4, 5>, Hardswish>("hardswish");
}

TEST_CASE("activations keep the law of gradients") {
  CHECK(gradcheck<Input<3, 5, 5>, ReLU>() == "");
  CHECK(gradcheck<Input<19>, LeakyReLU<0.2>>() == "");
  CHECK(gradcheck<Input<3, 5>, Sigmoid>() == "");
  CHECK(gradcheck<Input<2, 4, 3>, Tanh>() == "");
  CHECK(gradcheck<Input<19>, Gain, ReLU6>() == "");
  CHECK(gradcheck<Input<19>, Gain, Hardsigmoid>() == "");
  CHECK(gradcheck<Input<19>, Gain, Hardswish>() == "");
  CHECK(gradcheck<Input<3, 5, 5>, Gain, SiLU>() == "");
  CHECK(gradcheck<Input<19>, Gain, GELU<>>() == "");
  CHECK(gradcheck<Input<3, 5>, Gain, GELU<approximate("tanh")>>() == "");
}

TEST_CASE(
    "activations of the input run after anything, ReLU6 and Hardsigmoid with what is before") {
  using Fused = Sequential<Input<2, 8, 8>, Conv2d<4, 3>, ReLU6, MaxPool2d<2>>;
  STATIC_REQUIRE(plan::Program<Fused, float>::size == 1);
  STATIC_REQUIRE(plan::Program<Sequential<Input<4>, Linear<3>, GELU<>>, float>::size == 2);
  CHECK(gradcheck<Input<2, 8, 8>, Conv2d<4, 3>, ReLU6, MaxPool2d<2>>() == "");
  CHECK(gradcheck<Input<4>, Linear<9>, Hardsigmoid, Linear<3>, SiLU>() == "");
  CHECK(gradcheck<Input<2, 6, 6>, Conv2d<4, 3>, GELU<>, SiLU, ReLU, Hardswish>() == "");
}
