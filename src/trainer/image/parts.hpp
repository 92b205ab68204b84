#pragma once
// What hangs together in a picture.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "image_file.hpp"

namespace trainer {

/// From top and left up to, without, bottom and right.
struct Box {
  std::size_t top = 0, left = 0, bottom = 0, right = 0;

  std::size_t rows() const { return bottom - top; }
  std::size_t cols() const { return right - left; }
  bool holds(const Box& o) const {
    return top <= o.top && left <= o.left && o.bottom <= bottom && o.right <= right;
  }
  bool meets(const Box& o) const {
    return top < o.bottom && o.top < bottom && left < o.right && o.left < right;
  }
  /// The box of both.
  Box operator|(const Box& o) const {
    return {std::min(top, o.top), std::min(left, o.left), std::max(bottom, o.bottom),
            std::max(right, o.right)};
  }
  bool operator==(const Box&) const = default;
};

/// Pixels that are not 0 and touch each other, also by a corner.
struct Part {
  Box box;
  std::uint64_t mass = 0;    ///< the sum of its pixels
  std::size_t pixels = 0;    ///< their number
  std::size_t on_border = 0; ///< how many of them lie on the picture's border
  std::size_t first = 0;     ///< where the first of them is
};

std::vector<Part> parts_of(const GrayImage& image);

/// From the first to, without, the last pixel of a row. None: first is not less than last.
struct Span {
  std::size_t first = 0, last = 0;
};

/// The spans of a part in each row of the image.
std::vector<Span> spans_of(const GrayImage& image, const Part& part);

/// The area of the smallest rectangle around those spans, turned by whole steps of 3 degrees.
double turned_rectangle(const std::vector<Span>& spans);

/// Makes the pixels of a part 0.
void erase(GrayImage& image, const Part& part);

} // namespace trainer
