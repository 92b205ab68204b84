#include "sheet.hpp"

#include <algorithm>
#include <utility>

namespace trainer {
namespace {

/// A sheet may reach out of the picture on one side. What lies along more sides is the light or the
/// dark part of a picture.
bool reaches_out(const Box& box, const GrayImage& image) {
  return (box.top == 0) + (box.left == 0) + (box.bottom == image.rows) + (box.right == image.cols) >
         1;
}

} // namespace

std::optional<Sheet> find_sheet(const GrayImage& image) {
  // Between the darkest of the sheet and the lightest of the table any threshold will do.
  constexpr int step = 12;
  const std::size_t least = image.pixels.size() / 4 + 1;
  std::size_t counted = 0;
  for (int threshold = step; threshold < 256; threshold += step) {
    GrayImage light = image;
    for (std::uint8_t& pixel : light.pixels) pixel = pixel >= threshold ? 1 : 0;
    const auto count = static_cast<std::size_t>(std::ranges::count(light.pixels, 1));
    if (count < least) break;
    if (count == counted) continue;
    counted = count;
    const std::vector<Part> parts = parts_of(light);
    const Part& part = *std::ranges::max_element(parts, {}, &Part::pixels);
    if (part.pixels < least || reaches_out(part.box, image)) continue;
    // A sheet fills the smallest turned rectangle around it to 0.85 and more, the ink on it not
    // counted; a fat 0 fills pi / 4.
    std::vector<Span> spans = spans_of(light, part);
    if (static_cast<double>(part.pixels) < 0.8 * turned_rectangle(spans)) continue;
    return Sheet{std::move(spans)}; // the first is the largest
  }
  return std::nullopt;
}

void Sheet::clip(GrayImage& image, std::size_t margin) const {
  for (std::size_t y = 0; y < image.rows; ++y) {
    // A corner of the margin is within the spans of the rows above and below.
    Span within{0, image.cols};
    for (std::size_t row = y - std::min(y, margin); row <= std::min(y + margin, image.rows - 1);
         ++row)
      within = {std::max(within.first, spans[row].first + margin),
                std::min(within.last, spans[row].last - std::min(spans[row].last, margin))};
    for (std::size_t x = 0; x < image.cols; ++x)
      if (x < within.first || x >= within.last) image.pixels[y * image.cols + x] = 0;
  }
}

} // namespace trainer
