#include "support/pytorch.hpp"

using namespace ctnn;
using ctnn::test::agrees_with_pytorch;

TEST_CASE("linear agrees with PyTorch") {
  agrees_with_pytorch<Input<7>, Linear<5>, float>("linear_7_5");
  agrees_with_pytorch<Input<33>, Linear<10>>("linear_33_10");
}

TEST_CASE("linear without a bias agrees with PyTorch") {
  STATIC_REQUIRE(Sequential<Input<9>, Linear<4, bias(false)>>::parameter_count == 36);
  agrees_with_pytorch<Input<9>, Linear<4, bias(false)>>("linear_no_bias");
  CHECK(gradcheck<Input<9>, Linear<4, bias(false)>, ReLU>() == "");
}

TEST_CASE("linear keeps the law of gradients") { CHECK(gradcheck<Input<33>, Linear<10>>() == ""); }
