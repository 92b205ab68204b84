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
  agrees_with_pytorch<Input<3, 4, 5>, ELU<>>("elu");
  agrees_with_pytorch<Input<3, 4, 5>, ELU<0.5>>("elu_0.5");
  agrees_with_pytorch<Input<3, 4, 5>, Hardtanh<>>("hardtanh");
  agrees_with_pytorch<Input<3, 4, 5>, Hardtanh<-0.5, 2.5>>("hardtanh_to_2.5");
  agrees_with_pytorch<Input<3, 4, 5>, Softplus<>>("softplus");
  agrees_with_pytorch<Input<3, 4, 5>, Softplus<beta(4)>>("softplus_beta_4");
  // PyTorch 1.13 multiplies a gradient in double by a sixth in float.
  agrees_with_pytorch<Input<3, 4, 5>, Hardsigmoid, float>("hardsigmoid");
}

TEST_CASE("activations whose derivative is told from the input agree with PyTorch") {
  agrees_with_pytorch<Input<3, 4, 5>, GELU<>>("gelu");
  agrees_with_pytorch<Input<3, 4, 5>, GELU<approximate("none")>>("gelu");
  agrees_with_pytorch<Input<3, 4, 5>, GELU<approximate("tanh")>>("gelu_tanh");
  agrees_with_pytorch<Input<3, 4, 5>, SiLU>("silu");
  agrees_with_pytorch<Input<3, 4, 5>, Hardswish>("hardswish");
  agrees_with_pytorch<Input<3, 4, 5>, Softplus<beta(2), threshold(1)>>("softplus_threshold_1");
  agrees_with_pytorch<Input<3, 4, 5>, PReLU<>>("prelu");
  agrees_with_pytorch<Input<5, 4, 3>, PReLU<per_channel(true)>>("prelu_channels");
  agrees_with_pytorch<Input<19>, PReLU<per_channel(true)>>("prelu_vector");
}

TEST_CASE("activations keep the law of gradients") {
  CHECK(gradcheck<Input<3, 5, 5>, ReLU>() == "");
  CHECK(gradcheck<Input<19>, LeakyReLU<0.2>>() == "");
  CHECK(gradcheck<Input<3, 5>, Sigmoid>() == "");
  CHECK(gradcheck<Input<2, 4, 3>, Tanh>() == "");
  CHECK(gradcheck<Input<19>, Gain, ReLU6>() == "");
  CHECK(gradcheck<Input<19>, Gain, Hardsigmoid>() == "");
  CHECK(gradcheck<Input<19>, Gain, Hardswish>() == "");
  CHECK(gradcheck<Input<19>, Gain, ELU<0.5>>() == "");
  CHECK(gradcheck<Input<19>, Gain, Hardtanh<-0.5, 2.5>>() == "");
  CHECK(gradcheck<Input<19>, Gain, Softplus<beta(3)>>() == "");
  CHECK(gradcheck<Input<19>, Gain, Softplus<threshold(19)>>() == "");
  CHECK(gradcheck<Input<3, 5, 5>, Gain, PReLU<>>() == "");
  CHECK(gradcheck<Input<19, 3>, Gain, PReLU<per_channel(true)>>() == "");
  CHECK(gradcheck<Input<3, 5, 5>, Gain, SiLU>() == "");
  CHECK(gradcheck<Input<19>, Gain, GELU<>>() == "");
  CHECK(gradcheck<Input<3, 5>, Gain, GELU<approximate("tanh")>>() == "");
}

TEST_CASE("activations of the input run after anything, those of the output with what is before") {
  using Fused = Sequential<Input<2, 8, 8>, Conv2d<4, 3>, ReLU6, MaxPool2d<2>>;
  STATIC_REQUIRE(plan::Program<Fused, float>::size == 1);
  STATIC_REQUIRE(plan::Program<Sequential<Input<4>, Linear<3>, GELU<>>, float>::size == 2);
  using Options =
      Sequential<Input<4>, Linear<4>, ELU<>, Linear<4>, Softplus<>, Linear<4>, Hardtanh<>>;
  STATIC_REQUIRE(plan::Program<Options, float>::size == 3);
  using Pooled = Sequential<Input<2, 8, 8>, Conv2d<4, 3>, Hardtanh<-0.5, 0.5>, MaxPool2d<2>>;
  STATIC_REQUIRE(plan::Program<Pooled, float>::size == 1);
  using OfInput = Sequential<Input<4>, Linear<4>, Softplus<threshold(1)>, Linear<4>, PReLU<>>;
  STATIC_REQUIRE(plan::Program<OfInput, float>::size == 4);
  CHECK(gradcheck<Input<2, 8, 8>, Conv2d<4, 3>, ReLU6, MaxPool2d<2>>() == "");
  CHECK(gradcheck<Pooled>() == "");
  CHECK(gradcheck<Input<4>, Linear<9>, Hardsigmoid, Linear<3>, SiLU>() == "");
  CHECK(gradcheck<Input<4>, Linear<9>, ELU<>, Linear<5>, Softplus<>, Linear<3>, PReLU<>>() == "");
  CHECK(gradcheck<Input<2, 6, 6>, Conv2d<4, 3>, GELU<>, SiLU, ReLU, Hardswish>() == "");
}

TEST_CASE("PReLU starts as PyTorch's, or as it is told") {
  using Net =
      Sequential<Input<3, 2, 2>, PReLU<>, PReLU<per_channel(true), weight_init(constant(0.5))>>;
  STATIC_REQUIRE(Net::parameter<"0.weight">().shape == Shape{1});
  STATIC_REQUIRE(Net::parameter<"1.weight">().shape == Shape{3});
  const Network<Net> net;
  CHECK(net.parameter<"0.weight">()(0) == 0.25f);
  CHECK(net.parameter<"1.weight">()(2) == 0.5f);
}
