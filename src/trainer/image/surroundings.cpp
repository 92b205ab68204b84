// ink_by_surroundings.
//
// Where a pen was, the paper is what lies around the stroke. The closing of grey-scale morphology
// (the lightest pixel of a window, then the darkest of those) fills everything that is darker and
// narrower than the window with what surrounds it, and leaves the edge of a shadow or of a sheet
// where it is. What it has filled is ink: the "black top-hat" of J. Serra, Image Analysis and
// Mathematical Morphology (1982), chapter XII. Taken as a quotient, because ink in a shadow is
// darker by the same factor as its paper.

#include "ink.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "histogram.hpp"

namespace trainer {
namespace {

/// A stroke is narrower than this part of the shorter side. Of 360 pictures of six kinds that
/// tests/images/photos.py draws (lined_paper, squared_pencil, chalk_board, shadow_edge,
/// sheet_on_table, phone), a fifth read 359 right, a seventh and a tenth all, a fourteenth 359.
constexpr std::size_t window_part = 7;

/// Each line of pixels becomes the most extreme within `reach` pixels, outside of the picture not
/// counted; rows or columns by `step`.
template <class Extreme>
void spread_line(std::uint8_t* line, std::size_t count, std::size_t step, std::size_t reach,
                 std::vector<std::uint8_t>& copy, Extreme extreme) {
  copy.resize(count);
  for (std::size_t i = 0; i < count; ++i) copy[i] = line[i * step];
  for (std::size_t i = 0; i < count; ++i) {
    const auto first = copy.begin() + static_cast<std::ptrdiff_t>(i - std::min(i, reach));
    const auto last = copy.begin() + static_cast<std::ptrdiff_t>(std::min(i + reach + 1, count));
    line[i * step] = *extreme(first, last);
  }
}

template <class Extreme>
void spread(GrayImage& image, std::size_t reach, Extreme extreme) {
  std::vector<std::uint8_t> copy;
  for (std::size_t y = 0; y < image.rows; ++y)
    spread_line(&image.pixels[y * image.cols], image.cols, 1, reach, copy, extreme);
  for (std::size_t x = 0; x < image.cols; ++x)
    spread_line(&image.pixels[x], image.rows, image.cols, reach, copy, extreme);
}

GrayImage closing(GrayImage image, std::size_t reach) {
  spread(image, reach, [](auto first, auto last) { return std::max_element(first, last); });
  spread(image, reach, [](auto first, auto last) { return std::min_element(first, last); });
  return image;
}

} // namespace

Ink ink_by_surroundings(const GrayImage& image, bool lighter) {
  const auto& [rows, cols, pixels] = image;
  GrayImage small = image;
  if (lighter)
    for (std::uint8_t& pixel : small.pixels) pixel = static_cast<std::uint8_t>(255 - pixel);

  const std::size_t reach = std::max<std::size_t>(1, std::min(rows, cols) / window_part / 2);
  const GrayImage paper = closing(small, reach);
  // Black is never quite black: below 40 the quotient would be of the camera's noise.
  std::vector<std::uint8_t> depth(small.pixels.size());
  Histogram depths{};
  for (std::size_t i = 0; i < depth.size(); ++i) {
    const int here = paper.pixels[i];
    depth[i] = static_cast<std::uint8_t>(255 * (here - small.pixels[i]) / std::max(here, 40));
    ++depths[depth[i]];
  }
  // The lightest of a window of noise is lighter than paper: the median depth is that of paper.
  const std::size_t noise = median(depths), above = std::max(otsu(depths), noise);
  // What a pen makes of paper. Squares and lines of the paper are fainter and may be most of what
  // stands out: of the 360 pictures, the quantile 0.9 read 353.
  const std::size_t full = quantile(depths, 0.98, above + 1);
  Ink ink{{rows, cols, std::vector<std::uint8_t>(depth.size())}, lighter};
  if (full < 25) return ink; // a tenth of the light: the grain of paper, the waves of JPEG

  const std::size_t strong = (full + noise) / 2, faint = std::max(full / 5, 2 * noise);
  // Faint ink counts beside strong ink only: the edge of a stroke, and not the squares of the paper.
  constexpr std::size_t edge = 2;
  GrayImage near{rows, cols, depth};
  spread(near, edge, [](auto first, auto last) { return std::max_element(first, last); });
  for (std::size_t i = 0; i < depth.size(); ++i)
    if (depth[i] >= faint && near.pixels[i] >= strong)
      ink.depth.pixels[i] =
          static_cast<std::uint8_t>(std::min<std::size_t>(255, 255 * depth[i] / full));
  return ink;
}

} // namespace trainer
