// Residual networks for CIFAR-10, as people bring them: with GroupNorm, and with frozen batch norms.

#include "add_shape.hpp"

namespace ctnn::bench {
namespace {

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

/// MLPerf Tiny's, but for its norms.
template <class Norm>
using ResNet8 =
    Sequential<Input<3, 32, 32>, Conv<16, 3>, Norm, ReLU, Block<Norm, 16>, Down<Norm, 32, Bare<32>>,
               Down<Norm, 64, Bare<64>>, AdaptiveAvgPool2d<1>, Flatten, Linear<10>, LogSoftmax>;

template <class Norm>
using ResNet20 = Sequential<Input<3, 32, 32>, Conv<16, 3>, Norm, ReLU,                          //
                            Block<Norm, 16>, Block<Norm, 16>, Block<Norm, 16>,                  //
                            Down<Norm, 32, Normed<Norm, 32>>, Block<Norm, 32>, Block<Norm, 32>, //
                            Down<Norm, 64, Normed<Norm, 64>>, Block<Norm, 64>, Block<Norm, 64>, //
                            AdaptiveAvgPool2d<1>, Flatten, Linear<10>, LogSoftmax>;

[[maybe_unused]] const bool added[]{
    add_shape("ResNet-8, GroupNorm", ResNet8<GroupNorm<8>>{}),
    add_shape("ResNet-20, frozen batch norms", ResNet20<Frozen<BatchNorm2d<>>>{}),
};

} // namespace
} // namespace ctnn::bench
