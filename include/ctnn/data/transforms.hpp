#pragma once
/// @file
/// Data augmentation: torchvision's transforms as a typed pipeline.

#include <ctnn/data/transforms/center_crop.hpp>
#include <ctnn/data/transforms/color_jitter.hpp>
#include <ctnn/data/transforms/compose.hpp>
#include <ctnn/data/transforms/grayscale.hpp>
#include <ctnn/data/transforms/normalize.hpp>
#include <ctnn/data/transforms/random_affine.hpp>
#include <ctnn/data/transforms/random_apply.hpp>
#include <ctnn/data/transforms/random_choice.hpp>
#include <ctnn/data/transforms/random_crop.hpp>
#include <ctnn/data/transforms/random_erasing.hpp>
#include <ctnn/data/transforms/random_horizontal_flip.hpp>
#include <ctnn/data/transforms/random_rotation.hpp>
#include <ctnn/data/transforms/resize.hpp>
#include <ctnn/data/transforms/to_tensor.hpp>
#include <ctnn/data/transforms/transform.hpp>
#include <ctnn/data/transforms/transformed.hpp>
