// Residual networks for CIFAR-10, as people bring them: with GroupNorm, and with frozen batch norms.

#include "../resnets.hpp"
#include "add_shape.hpp"

namespace ctnn::bench {
namespace {

[[maybe_unused]] const bool added[]{
    add_shape("ResNet-8, GroupNorm", ResNet8<GroupNorm<8>, LogSoftmax>{}),
    add_shape("ResNet-20, frozen batch norms", ResNet20<Frozen<BatchNorm2d<>>, LogSoftmax>{}),
};

} // namespace
} // namespace ctnn::bench
