// Float against PyTorch; double against central differences, and once a layer PyTorch too.
#include "support/pytorch.hpp"

using namespace ctnn;
using ctnn::test::agrees_with_pytorch;

TEST_CASE("layer normalisation agrees with PyTorch") {
  agrees_with_pytorch<Input<37>, LayerNorm<>, float>("layer_norm_vector");
  agrees_with_pytorch<Input<5, 7>, LayerNorm<>, float>("layer_norm_sequence");
  agrees_with_pytorch<Input<19, 3, 4>, LayerNorm<>>("layer_norm_image");
  agrees_with_pytorch<Input<6, 3, 2>, LayerNorm<eps(0.25)>, float>("layer_norm_eps");
  agrees_with_pytorch<Input<6, 3, 2>, LayerNorm<bias(false)>, float>("layer_norm_no_bias");
  agrees_with_pytorch<Input<6, 3, 2>, LayerNorm<affine(false)>, float>("layer_norm_no_affine");
}

TEST_CASE("RMS normalisation agrees with PyTorch's formula") {
  agrees_with_pytorch<Input<37>, RMSNorm<>, float>("rms_norm_vector");
  agrees_with_pytorch<Input<5, 3, 4>, RMSNorm<eps(1e-5)>>("rms_norm_image");
  agrees_with_pytorch<Input<20, 3, 2>, RMSNorm<eps(0.25), affine(false)>, float>(
      "rms_norm_no_affine");
}

TEST_CASE("group normalisation agrees with PyTorch") {
  agrees_with_pytorch<Input<6, 3, 5>, GroupNorm<1>, float>("group_norm_1");
  agrees_with_pytorch<Input<6, 3, 5>, GroupNorm<2>>("group_norm_2");
  agrees_with_pytorch<Input<32, 2, 3>, GroupNorm<4>, float>("group_norm_4");
  agrees_with_pytorch<Input<12>, GroupNorm<3>, float>("group_norm_vector");
  agrees_with_pytorch<Input<6, 3, 2>, GroupNorm<2, affine(false), eps(0.25)>, float>(
      "group_norm_no_affine");
}

TEST_CASE("instance normalisation agrees with PyTorch") {
  agrees_with_pytorch<Input<5, 4, 3>, InstanceNorm2d<>, float>("instance_norm2d");
  agrees_with_pytorch<Input<3, 5, 4>, InstanceNorm2d<affine(true), eps(0.25)>>(
      "instance_norm2d_affine");
}

TEST_CASE("normalisations keep the law of gradients") {
  CHECK(gradcheck<Input<21>, LayerNorm<>>() == "");
  CHECK(gradcheck<Input<3, 5, 7>, LayerNorm<>>() == "");
  CHECK(gradcheck<Input<17, 3>, LayerNorm<bias(false)>>() == "");
  CHECK(gradcheck<Input<9, 2, 3>, LayerNorm<affine(false)>>() == "");
  CHECK(gradcheck<Input<33>, RMSNorm<>>() == "");
  CHECK(gradcheck<Input<3, 5, 7>, RMSNorm<affine(false)>>() == "");
  CHECK(gradcheck<Input<6, 5, 3>, GroupNorm<3>>() == "");
  CHECK(gradcheck<Input<20, 3, 3>, GroupNorm<5, affine(false)>>() == "");
  CHECK(gradcheck<Input<10, 7>, GroupNorm<2>>() == "");
  CHECK(gradcheck<Input<7, 5, 3>, InstanceNorm2d<>>() == "");
  CHECK(gradcheck<Input<3, 5, 4>, InstanceNorm2d<affine(true)>>() == "");
}

TEST_CASE("normalisations have their place in a network") {
  using Net = Sequential<Input<2, 6, 6>, Conv2d<4, 3, bias(false)>, Named<"norm", GroupNorm<2>>,
                         ReLU, LayerNorm<weight_init(init::zeros())>, Flatten, Linear<3>>;
  STATIC_REQUIRE(Net::parameter<"norm.weight">().shape == Shape{4});
  STATIC_REQUIRE(Net::parameter<"norm.bias">().shape == Shape{4});
  const Network<Net> net;
  CHECK(net.parameter<"norm.weight">()(3) == 1.f);
  CHECK(net.parameter<"norm.bias">()(3) == 0.f);
  CHECK(net.parameter<"3.weight">()(3) == 0.f);
  CHECK(gradcheck<Input<2, 6, 6>, Conv2d<4, 3, bias(false)>, GroupNorm<2>, ReLU, RMSNorm<>,
                  InstanceNorm2d<>, LayerNorm<>, Flatten, Linear<3>>() == "");
}
