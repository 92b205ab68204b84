#pragma once

#include <cmath>
#include <numbers>

#include <ctnn/data/transforms/affine.hpp>
#include <ctnn/data/transforms/number.hpp>
#include <ctnn/data/transforms/random.hpp>

namespace ctnn::transforms {
namespace detail {

/// round_15 is Python's round(x, 15) for |x| <= 1: to the nearest decimal fraction, not to the nearest
/// double of x * 1e15, hence the exact product where that is a tie.
inline double round_15(double x) {
  const double product = x * 1e15, nearest = std::nearbyint(product), rest = product - nearest;
  const double missing = std::fma(x, 1e15, -product);
  if (rest == 0.5 && missing > 0) return (nearest + 1) / 1e15;
  if (rest == -0.5 && missing < 0) return (nearest - 1) / 1e15;
  return nearest / 1e15;
}

} // namespace detail

/// rotate turns an image of bytes counterclockwise around its centre by any number of degrees: nearest
/// neighbour, fill 0, the size stays. Pillow's Image.rotate, to the bit; its special cases for
/// multiples of 90 degrees give what the general one gives.
inline void rotate(const auto& in, const auto& out, double degrees) {
  double turn = std::fmod(degrees, 360.0); // Python's %
  if (turn < 0) turn += 360;
  const double angle = -(turn * (std::numbers::pi / 180));
  const double cos = detail::round_15(std::cos(angle)), sin = detail::round_15(std::sin(angle));
  const double x = static_cast<double>(in.width) / 2, y = static_cast<double>(in.height) / 2;
  transform_affine(in, out,
                   {cos, sin, cos * -x + sin * -y + x, -sin, cos, -sin * -x + cos * -y + y});
}

/// RandomRotation turns an image of bytes by an angle uniform in [low, high) degrees, counterclockwise;
/// `RandomRotation<15>` is `RandomRotation<-15, 15>`. Nearest neighbour, fill 0.
/// torchvision.transforms.RandomRotation
template <Number... Degrees>
  requires(sizeof...(Degrees) == 1 || sizeof...(Degrees) == 2)
struct RandomRotation {
  /// degrees is what the angle is drawn from.
  static constexpr Interval degrees = detail::symmetric_or_given(Degrees...);

  static constexpr Sentence describe() {
    Sentence text = "RandomRotation<";
    text << degrees.low << ", " << degrees.high;
    return text << '>';
  }
  static constexpr Sentence check(ImageForm in) {
    const Sentence what = detail::expects_bytes(in);
    return what.empty() ? detail::check_order("degrees", degrees) : what;
  }

  static void apply(const auto& in, const auto& out, Random& random) {
    rotate(in, out, random.uniform(degrees.low, degrees.high));
  }
};

} // namespace ctnn::transforms
