#pragma once
// Shape: the logical extents of one sample. The batch is never part of a shape.

#include <concepts>
#include <cstddef>

namespace ctnn {

/// Extents of one sample, outermost first, as PyTorch writes them after the batch: `{C, H, W}` for
/// an image, `{features}` for a vector. At most four.
struct Shape {
  static constexpr std::size_t max_rank = 4;

  std::size_t extent[max_rank]{};
  std::size_t rank = 0;

  constexpr Shape() = default;
  template <std::integral... Extents>
    requires(sizeof...(Extents) >= 1 && sizeof...(Extents) <= max_rank)
  constexpr Shape(Extents... extents)
      : extent{static_cast<std::size_t>(extents)...}, rank(sizeof...(Extents)) {}

  constexpr std::size_t operator[](std::size_t axis) const { return extent[axis]; }

  /// Number of elements; 1 for a scalar.
  constexpr std::size_t size() const {
    std::size_t product = 1;
    for (std::size_t axis = 0; axis < rank; ++axis) product *= extent[axis];
    return product;
  }

  /// Extents as an image: `{C, H, W}`, `{C, W}` or `{C}`; what is missing is 1. Activations are
  /// stored channels-last, so these three numbers are all that a layout needs.
  constexpr std::size_t channels() const { return rank > 0 ? extent[0] : 1; }
  constexpr std::size_t height() const { return rank > 2 ? extent[1] : 1; }
  constexpr std::size_t width() const { return rank > 1 ? extent[rank - 1] : 1; }

  friend constexpr bool operator==(const Shape&, const Shape&) = default;
};

/// A height and a width, as PyTorch's `kernel_size`, `stride` and `padding` have them; `3` means 3x3.
struct Size2d {
  int height = 0;
  int width = 0;

  constexpr Size2d(int both) : height(both), width(both) {}
  constexpr Size2d(int h, int w) : height(h), width(w) {}

  friend constexpr bool operator==(const Size2d&, const Size2d&) = default;
};

} // namespace ctnn
