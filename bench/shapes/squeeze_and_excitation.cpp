// A wider residual network for CIFAR-10 with all that one has in it: norms before the convolutions, as in
// He et al., Identity Mappings in Deep Residual Networks, 2016, and squeeze and excitation.

#include "add_shape.hpp"

namespace ctnn::bench {
namespace {

template <int C, int S = 1>
using Conv = Conv2d<C, 3, stride(S), padding(1), bias(false)>;
template <int C>
using Scale =
    Product<Identity,
            Sequential<AdaptiveAvgPool2d<1>, Conv2d<C / 8, 1>, ReLU, Conv2d<C, 1>, Sigmoid>>;
template <int C, int S = 1>
using Body = Sequential<GroupNorm<8>, ReLU, Conv<C, S>, GroupNorm<8>, ReLU, Conv<C>, Scale<C>>;
template <int C>
using Block = Residual<Body<C>>;
template <int C>
using Down = Sum<Body<C, 2>, Conv2d<C, 1, stride(2), bias(false)>>;

[[maybe_unused]] const bool added[]{
    add_shape("squeeze and excitation, 32 to 128 channels",
              Sequential<Input<3, 32, 32>, Conv<32>,                //
                         Block<32>, Down<64>, Block<64>, Down<128>, //
                         Block<128>, GroupNorm<8>, ReLU, AdaptiveAvgPool2d<1>, Flatten, Linear<10>,
                         LogSoftmax>{}),
};

} // namespace
} // namespace ctnn::bench
