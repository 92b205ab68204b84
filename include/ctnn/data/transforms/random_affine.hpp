#pragma once

#include <cmath>
#include <numbers>

#include <ctnn/data/transforms/affine.hpp>
#include <ctnn/data/transforms/number.hpp>
#include <ctnn/data/transforms/random.hpp>

namespace ctnn::transforms {

/// AffineParameters say what affine() does to an image, in this order: shear, scale, turn (the angles
/// in degrees, clockwise), move (in pixels). The centre of the image stays where it is until it is
/// moved.
struct AffineParameters {
  double angle = 0;    ///< the turn, in degrees clockwise
  int translate_x = 0; ///< the move to the right, in pixels
  int translate_y = 0; ///< the move down, in pixels
  double scale = 1;    ///< the factor of both sides, above 0
  double shear_x = 0;  ///< the shear parallel to the x axis, in degrees
  double shear_y = 0;  ///< the shear parallel to the y axis, in degrees
};

namespace detail {

/// inverse_affine_matrix is torchvision's _get_inverse_affine_matrix around the centre of an image, in
/// its order of operations.
inline AffineMatrix inverse_affine_matrix(const AffineParameters& p, double center_x,
                                          double center_y) {
  constexpr double radians = std::numbers::pi / 180;
  const double rot = p.angle * radians, sx = p.shear_x * radians, sy = p.shear_y * radians;
  const double a = std::cos(rot - sy) / std::cos(sy);
  const double b = -std::cos(rot - sy) * std::tan(sx) / std::cos(sy) - std::sin(rot);
  const double c = std::sin(rot - sy) / std::cos(sy);
  const double d = -std::sin(rot - sy) * std::tan(sx) / std::cos(sy) + std::cos(rot);
  AffineMatrix m{d / p.scale, -b / p.scale, 0, -c / p.scale, a / p.scale, 0};
  const double x = -center_x - p.translate_x, y = -center_y - p.translate_y;
  m[2] = m[0] * x + m[1] * y + center_x;
  m[5] = m[3] * x + m[4] * y + center_y;
  return m;
}

} // namespace detail

/// affine shears, scales, turns and moves an image of bytes: nearest neighbour, fill 0.
/// torchvision.transforms.functional.affine on a Pillow image, to the bit
inline void affine(const auto& in, const auto& out, const AffineParameters& parameters) {
  transform_affine(in, out,
                   detail::inverse_affine_matrix(parameters, static_cast<double>(in.width) * 0.5,
                                                 static_cast<double>(in.height) * 0.5));
}

/// Affine is what RandomAffine draws from, as torchvision's arguments:
/// `Affine{.degrees = 10, .translate = {0.1, 0.1}, .scale = {0.9, 1.1}, .shear = 5}`.
struct Affine {
  /// Degrees are an interval; one number d is that from -d to d.
  struct Degrees : Interval {
    /// Makes the interval from -around_zero to around_zero.
    constexpr Degrees(double around_zero) : Interval{-around_zero, around_zero} {}
    /// Makes the interval from one angle to another.
    constexpr Degrees(double from, double to) : Interval{from, to} {}
  };
  /// Fractions are shares of the image's size, 0 to 1.
  struct Fractions {
    double width = 0;  ///< the share of the width
    double height = 0; ///< the share of the height
  };

  Degrees degrees = 0;   ///< the turn, clockwise
  Fractions translate{}; ///< the most that an image moves, each way
  Interval scale{1, 1};  ///< the factor of both sides
  Degrees shear = 0;     ///< the shear parallel to the x axis
  Degrees shear_y = 0;   ///< the shear parallel to the y axis

  /// check says what is wrong with the numbers; empty = nothing.
  constexpr Sentence check() const {
    Sentence error;
    const auto is_fraction = [](double x) { return x >= 0 && x <= 1; };
    const auto is_shear = [](Interval x) { return x.low > -90 && x.high < 90; };
    if (!is_fraction(translate.width) || !is_fraction(translate.height))
      error << "translate must be in [0, 1], got " << translate.width << " and "
            << translate.height;
    else if (!(scale.low > 0))
      error << "scale must be above 0, got " << scale.low;
    else if (!is_shear(shear) || !is_shear(shear_y))
      error << "shear must be inside (-90, 90)";
    if (error.empty()) error = detail::check_order("degrees", degrees);
    if (error.empty()) error = detail::check_order("scale", scale);
    if (error.empty()) error = detail::check_order("shear", shear);
    if (error.empty()) error = detail::check_order("shear_y", shear_y);
    return error;
  }
};

/// RandomAffine shears, scales, turns and moves an image of bytes by amounts that are uniform in the
/// intervals of `Ranges`; a translation is rounded to whole pixels. Nearest neighbour, fill 0.
/// torchvision.transforms.RandomAffine
template <Affine Ranges>
struct RandomAffine {
  static constexpr Sentence check(ImageForm in) {
    const Sentence what = detail::expects_bytes(in);
    return what.empty() ? Ranges.check() : what;
  }

  static void apply(const auto& in, const auto& out, Random& random) {
    const auto draw = [&](Interval from) { return random.uniform(from.low, from.high); };
    const auto draw_pixels = [&](double fraction, std::size_t size) {
      const double most = fraction * static_cast<double>(size);
      return static_cast<int>(std::nearbyint(random.uniform(-most, most)));
    };
    // Braces, because they keep this order.
    affine(in, out,
           AffineParameters{.angle = draw(Ranges.degrees),
                            .translate_x = draw_pixels(Ranges.translate.width, in.width),
                            .translate_y = draw_pixels(Ranges.translate.height, in.height),
                            .scale = draw(Ranges.scale),
                            .shear_x = draw(Ranges.shear),
                            .shear_y = draw(Ranges.shear_y)});
  }
};

} // namespace ctnn::transforms
