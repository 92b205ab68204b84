#include "support/pytorch.hpp"

using namespace ctnn;
using ctnn::test::agrees_with_pytorch;

TEST_CASE("activations agree with PyTorch") {
  agrees_with_pytorch<Input<3, 4, 5>, ReLU>("relu");
  agrees_with_pytorch<Input<3, 4, 5>, LeakyReLU<0.01>>("leaky_relu_0.01");
  agrees_with_pytorch<Input<3, 4, 5>, LeakyReLU<0.2>>("leaky_relu_0.2");
  agrees_with_pytorch<Input<3, 4, 5>, Sigmoid>("sigmoid");
  agrees_with_pytorch<Input<3, 4, 5>, Tanh>("tanh");
}

TEST_CASE("activations keep the law of gradients") {
  CHECK(gradcheck<Input<3, 5, 5>, ReLU>() == "");
  CHECK(gradcheck<Input<19>, LeakyReLU<0.2>>() == "");
  CHECK(gradcheck<Input<3, 5>, Sigmoid>() == "");
  CHECK(gradcheck<Input<2, 4, 3>, Tanh>() == "");
}
