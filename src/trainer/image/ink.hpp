#pragma once
// Tells ink from paper.

#include <cstdint>
#include <string_view>

#include "image_file.hpp"

namespace trainer {

/// The median of a frame of 1/32 of the shorter side: a thin line around a scan does not decide it.
std::uint8_t border_median(const GrayImage& image);

/// How far each pixel is from the paper's brightness towards the ink's; 0 where there is paper. The
/// paper is what most of the border is. Throws Error(bad_data), with `name` for the file, if there
/// is no ink.
GrayImage find_ink(const GrayImage& image, std::string_view name);

} // namespace trainer
