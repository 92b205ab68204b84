#pragma once
// Pictures made smaller and larger.

#include <cstddef>
#include <vector>

#include "image_file.hpp"
#include "parts.hpp"

namespace trainer {

/// The part `box` of the image, brought to the given size, row-major.
std::vector<double> resized(const GrayImage& image, const Box& box, std::size_t rows,
                            std::size_t cols);

/// The image with at most `longest` pixels a side.
GrayImage reduced(const GrayImage& image, std::size_t longest);

} // namespace trainer
