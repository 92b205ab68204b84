#pragma once
/// @file
/// What rotation and affine share: Pillow's nearest neighbour, src/libImaging/Geometry.c.

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include <ctnn/data/transforms/image.hpp>

namespace ctnn::transforms {

/// An AffineMatrix {a, b, c, d, e, f} maps pixels of the output to those of the input:
/// (x, y) -> (a x + b y + c, d x + e y + f).
using AffineMatrix = std::array<double, 6>;

namespace detail {

/// map_pixels makes each pixel of `out` the one of `in` that m maps its centre to, or 0 if that is
/// outside. m's c and f are where the centre of the first pixel goes, and `index(coordinate, size)` is
/// size or more if the coordinate is outside.
template <class Coordinate>
void map_pixels(const auto& in, const auto& out, const std::array<Coordinate, 6>& m, auto index) {
  auto [a, b, x_of_row, d, e, y_of_row] = m;
  std::uint8_t* to = out.data;
  for (std::size_t row = 0; row < out.height; ++row, x_of_row += b, y_of_row += e) {
    Coordinate x = x_of_row, y = y_of_row;
    for (std::size_t column = 0; column < out.width; ++column, x += a, y += d, ++to) {
      const std::size_t from_row = index(y, in.height), from_column = index(x, in.width);
      const bool inside = from_row < in.height && from_column < in.width;
      const std::uint8_t* const from = in.data + (inside ? from_row * in.width + from_column : 0);
      for (std::size_t channel = 0; channel < out.channels; ++channel)
        to[channel * out.height * out.width] =
            inside ? from[channel * in.height * in.width] : std::uint8_t{0};
    }
  }
}

} // namespace detail

/// transform_affine assigns to each pixel of `out` the one of `in` that `m` maps it to, and 0 where
/// that is outside: Pillow's Image.transform(size, AFFINE, m), nearest neighbour, to the bit.
void transform_affine(const auto& in, const auto& out, const AffineMatrix& m) {
  const auto [a, b, c, d, e, f] = m;
  const auto is_small = [&](double x, double y) { // for 16.16 fixed point
    return std::abs(x * a + y * b + c) < 32768 && std::abs(x * d + y * e + f) < 32768;
  };
  const auto width = static_cast<double>(out.width), height = static_cast<double>(out.height);
  const bool fixed = !(b == 0 && d == 0) && is_small(0, 0) && is_small(width, height) &&
                     is_small(0, height) && is_small(width, 0);
  if (fixed) {
    // Unsigned, so that the step behind the last pixel may overflow.
    const auto fix = [](double v) {
      return static_cast<std::uint32_t>(static_cast<std::int64_t>(std::floor(v * 65536 + 0.5)));
    };
    const std::array fixed_m{fix(a), fix(b), fix(c + a * 0.5 + b * 0.5),
                             fix(d), fix(e), fix(f + d * 0.5 + e * 0.5)};
    detail::map_pixels(in, out, fixed_m, [](std::uint32_t v, std::size_t) {
      return static_cast<std::size_t>(static_cast<std::int32_t>(v) >> 16);
    });
  } else {
    const std::array real_m{a, b, c + b * 0.5 + a * 0.5, d, e, f + e * 0.5 + d * 0.5};
    detail::map_pixels(in, out, real_m, [](double v, std::size_t size) {
      return v >= 0 && v < static_cast<double>(size) ? static_cast<std::size_t>(v) : size;
    });
  }
}

} // namespace ctnn::transforms
