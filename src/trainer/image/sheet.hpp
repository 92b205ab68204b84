#pragma once
// A sheet of paper that does not fill the picture.

#include <optional>
#include <vector>

#include "image_file.hpp"
#include "parts.hpp"

namespace trainer {

struct Sheet {
  std::vector<Span> spans; ///< in each row of the picture

  /// Makes 0 what lies outside of it, or within `margin` pixels of its edge.
  void clip(GrayImage& image, std::size_t margin) const;
};

/// A rectangle of a quarter of the picture or more, turned at will, that is everywhere lighter than
/// all around it: a sheet on a table, lit unevenly or half in the shadow. Best of a small image: it
/// is looked at many times. Of MNIST's 10,000 test images, enlarged, with light ink on dark, it takes
/// two for a sheet, a fat 8 and a fat 3.
std::optional<Sheet> find_sheet(const GrayImage& image);

} // namespace trainer
