#pragma once
// Residual networks for CIFAR-10, with a norm of choice.

#include <ctnn/core.hpp>

namespace ctnn::bench {

namespace resnets {

template <int C, int K, int S = 1>
using Conv = Conv2d<C, K, stride(S), padding(K / 2), bias(false)>;

/// He et al., Deep Residual Learning for Image Recognition, 2015: ReLU behind the sum; where the stride is
/// 2, the shortcut is a convolution of one pixel.
template <class Norm, int C, int S = 1>
using Body = Sequential<Conv<C, 3, S>, Norm, ReLU, Conv<C, 3>, Norm>;
template <class Norm, int C>
using Block = Sequential<Residual<Body<Norm, C>>, ReLU>;
template <int C>
using Bare = Conv2d<C, 1, stride(2)>;
template <class Norm, int C>
using Normed = Sequential<Conv<C, 1, 2>, Norm>;
template <class Norm, int C, class Shortcut>
using Down = Sequential<Sum<Body<Norm, C, 2>, Shortcut>, ReLU>;

} // namespace resnets

/// MLPerf Tiny's, whose shortcuts have no norm; `Head` is what follows its scores.
template <class Norm, class... Head>
using ResNet8 = Sequential<Input<3, 32, 32>, resnets::Conv<16, 3>, Norm, ReLU,
                           resnets::Block<Norm, 16>, resnets::Down<Norm, 32, resnets::Bare<32>>,
                           resnets::Down<Norm, 64, resnets::Bare<64>>, AdaptiveAvgPool2d<1>,
                           Flatten, Linear<10>, Head...>;

/// The paper's, with convolutions of one pixel for shortcuts.
template <class Norm, class... Head>
using ResNet20 =
    Sequential<Input<3, 32, 32>, resnets::Conv<16, 3>, Norm, ReLU, //
               resnets::Block<Norm, 16>, resnets::Block<Norm, 16>, resnets::Block<Norm, 16>,
               resnets::Down<Norm, 32, resnets::Normed<Norm, 32>>, resnets::Block<Norm, 32>,
               resnets::Block<Norm, 32>, //
               resnets::Down<Norm, 64, resnets::Normed<Norm, 64>>, resnets::Block<Norm, 64>,
               resnets::Block<Norm, 64>, //
               AdaptiveAvgPool2d<1>, Flatten, Linear<10>, Head...>;

} // namespace ctnn::bench
