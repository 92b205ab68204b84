#pragma once
// A user's network, here the smallest that mnist can train.

#include <ctnn/core.hpp>

using Net =
    ctnn::Sequential<ctnn::Input<1, 28, 28>, ctnn::Flatten, ctnn::Linear<10>, ctnn::LogSoftmax>;
