#pragma once
// A user's network, here the smallest that mnist can train.

#include <ctnn/core.hpp>

namespace user {

using Perceptron =
    ctnn::Sequential<ctnn::Input<1, 28, 28>, ctnn::Flatten, ctnn::Linear<10>, ctnn::LogSoftmax>;

} // namespace user
