#pragma once
// The network of tests/cli/datasets.py: colour images in, and quick to compile.

#include <ctnn/core.hpp>

using Net = ctnn::Sequential<ctnn::Input<3, 32, 32>, ctnn::AvgPool2d<8>, ctnn::Flatten,
                             ctnn::Named<"fc", ctnn::Linear<10>>>;
