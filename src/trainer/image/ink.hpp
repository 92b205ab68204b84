#pragma once
// Tells ink from paper.

#include <cstdint>
#include <string_view>

#include "image_file.hpp"

namespace trainer {

/// The median of a frame of 1/32 of the shorter side: a thin line around a scan does not decide it.
std::uint8_t border_median(const GrayImage& image);

/// How far each pixel is from the paper's brightness towards the ink's; 0 where there is paper.
struct Ink {
  GrayImage depth;
  bool lighter = false; ///< than the paper
};

/// Ink on a paper that fills the picture, and whose brightness changes slowly: it is what most of the
/// border is. Throws Error(bad_data), with `name` for the file, if there is no ink.
Ink ink_on_page(const GrayImage& image, std::string_view name);

/// Ink on whatever is around it at the distance of a few strokes: a page with the edge of a shadow on
/// it, a sheet on a table, squared paper, a board. No ink at all if nothing stands out. Takes time
/// in proportion to the third power of a side.
Ink ink_by_surroundings(const GrayImage& image, bool lighter);

} // namespace trainer
