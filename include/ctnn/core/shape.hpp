#pragma once
/// @file
/// Shape: the logical extents of one sample. The batch is never part of a shape.

#include <concepts>
#include <cstddef>

namespace ctnn {

/// A Shape is the extents of one sample, outermost first, as PyTorch writes them after the batch:
/// `{C, H, W}` for an image, `{features}` for a vector.
struct Shape {
  static constexpr std::size_t max_rank = 4; ///< the most extents that there can be

  std::size_t extent[max_rank]{}; ///< the first `rank` are the extents, the others 0
  std::size_t rank = 0;           ///< the number of extents

  constexpr Shape() = default; ///< the shape of a scalar: no extents
  /// Makes a shape of one to four extents.
  template <std::integral... Extents>
    requires(sizeof...(Extents) >= 1 && sizeof...(Extents) <= max_rank)
  constexpr Shape(Extents... extents)
      : extent{static_cast<std::size_t>(extents)...}, rank(sizeof...(Extents)) {}

  /// Returns the extent of axis number `axis`, from 0.
  constexpr std::size_t operator[](std::size_t axis) const { return extent[axis]; }

  /// size is the number of elements; 1 for a scalar.
  constexpr std::size_t size() const {
    std::size_t product = 1;
    for (std::size_t axis = 0; axis < rank; ++axis) product *= extent[axis];
    return product;
  }

  /// channels is C of an image `{C, H, W}`, `{C, W}` or `{C}`, as height and width are H and W; what is
  /// missing is 1. Activations are stored channels-last, so these three are all that a layout needs.
  constexpr std::size_t channels() const { return rank > 0 ? extent[0] : 1; }
  /// height is the H of channels().
  constexpr std::size_t height() const { return rank > 2 ? extent[1] : 1; }
  /// width is the W of channels().
  constexpr std::size_t width() const { return rank > 1 ? extent[rank - 1] : 1; }

  /// Shapes are equal if rank and extents are.
  friend constexpr bool operator==(const Shape&, const Shape&) = default;
};

/// Shapes are the shapes of several samples that come together, such as those that the branches of a Sum
/// make. They belong to somebody else.
class Shapes {
public:
  constexpr Shapes() = default; ///< no shapes
  /// Makes a view of `count` shapes at `first`.
  constexpr Shapes(const Shape* first, std::size_t count) : first_(first), count_(count) {}

  /// size is the number of shapes.
  constexpr std::size_t size() const { return count_; }
  /// Returns shape number `i`, from 0.
  constexpr const Shape& operator[](std::size_t i) const { return first_[i]; }
  /// begin is where the first shape is.
  constexpr const Shape* begin() const { return first_; }
  /// end is behind the last shape.
  constexpr const Shape* end() const { return first_ + count_; }

private:
  const Shape* first_ = nullptr;
  std::size_t count_ = 0;
};

/// A Size2d is a height and a width, as PyTorch's `kernel_size`, `stride` and `padding` have them; `3`
/// is 3x3.
struct Size2d {
  int height = 0; ///< in elements
  int width = 0;  ///< in elements

  /// fraction is the side of what cannot be: a size like 3.9, which C++ would otherwise cut to 3.
  static constexpr int fraction = -2'147'483'647 - 1;

  /// Makes a square of this side.
  constexpr Size2d(int both) : height(both), width(both) {}
  /// Makes a square of this side, which has to be a whole number: what is none is `fraction`.
  constexpr Size2d(std::floating_point auto both)
      : Size2d(both == static_cast<int>(both) ? static_cast<int>(both) : fraction) {}
  /// Makes a rectangle of height `h` and width `w`.
  constexpr Size2d(int h, int w) : height(h), width(w) {}

  /// Sizes are equal if height and width are.
  friend constexpr bool operator==(const Size2d&, const Size2d&) = default;
};

} // namespace ctnn
