#pragma once
/// @file
/// Brightness, contrast, saturation and hue, as Pillow's ImageEnhance and HSV have them:
/// src/libImaging/Blend.c and Convert.c.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <ctnn/data/transforms/grayscale.hpp>
#include <ctnn/data/transforms/image.hpp>
#include <ctnn/data/transforms/number.hpp>
#include <ctnn/data/transforms/random.hpp>

namespace ctnn::transforms {
namespace detail {

/// blend goes from one byte towards another, and with a factor above 1 beyond it.
inline std::uint8_t blend(int from, int to, float factor) {
  const float value = static_cast<float>(from) + factor * static_cast<float>(to - from);
  return static_cast<std::uint8_t>(std::clamp(value, 0.f, 255.f));
}

/// rotate_hue turns the hue of one pixel by `turn` of 256 steps, through bytes of HSV.
inline void rotate_hue(std::uint8_t& r, std::uint8_t& g, std::uint8_t& b, std::uint8_t turn) {
  const int most = std::max({r, g, b}), least = std::min({r, g, b});
  if (most == least) return;
  const auto span = static_cast<float>(most - least);
  const auto below = [&](std::uint8_t x) { return static_cast<float>(most - x) / span; };
  const float sextant = r == most   ? below(b) - below(g)
                        : g == most ? static_cast<float>(2.0 + below(r) - below(b))
                                    : static_cast<float>(4.0 + below(g) - below(r));
  const auto turned = static_cast<float>(std::fmod(sextant / 6.0 + 1.0, 1.0));
  const auto hue = static_cast<std::uint8_t>(static_cast<int>(turned * 255.0) + turn);
  const auto saturation = static_cast<std::uint8_t>(span / static_cast<float>(most) * 255.0);

  const auto value = static_cast<float>(most);
  const int side = static_cast<int>(std::floor(static_cast<float>(hue) * 6.0 / 255.0));
  const auto rest = static_cast<float>(static_cast<float>(hue) * 6.0 / 255.0 - side);
  const auto strength = static_cast<float>(static_cast<float>(saturation) / 255.0);
  const auto lowered = [&](double by) {
    return static_cast<std::uint8_t>(std::round(value * (1.0 - by)));
  };
  const std::uint8_t v = static_cast<std::uint8_t>(most), p = lowered(strength),
                     q = lowered(strength * rest), t = lowered(strength * (1.0 - rest));
  const std::uint8_t sides[6][3]{{v, t, p}, {q, v, p}, {p, v, t}, {p, q, v}, {t, p, v}, {v, p, q}};
  r = sides[side % 6][0], g = sides[side % 6][1], b = sides[side % 6][2];
}

} // namespace detail

/// adjust_brightness multiplies an image of bytes by a factor from 0 on. `out` may be `in`.
/// torchvision.transforms.functional.adjust_brightness, to the bit, as are those below
inline void adjust_brightness(const auto& in, const auto& out, double factor) {
  for (std::size_t i = 0; i < in.size(); ++i)
    out[i] = detail::blend(0, in[i], static_cast<float>(factor));
}

/// adjust_contrast moves each pixel away from the mean grey of the image, or nearer: 0 is all grey.
/// torchvision.transforms.functional.adjust_contrast
inline void adjust_contrast(const auto& in, const auto& out, double factor) {
  const std::size_t plane = in.height * in.width;
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < plane; ++i) sum += detail::luma(in, i);
  const int grey = static_cast<int>(static_cast<double>(sum) / static_cast<double>(plane) + 0.5);
  for (std::size_t i = 0; i < in.size(); ++i)
    out[i] = detail::blend(grey, in[i], static_cast<float>(factor));
}

/// adjust_saturation moves each pixel away from its own grey, or nearer: 0 is a grey image.
/// torchvision.transforms.functional.adjust_saturation
inline void adjust_saturation(const auto& in, const auto& out, double factor) {
  const std::size_t plane = in.height * in.width;
  for (std::size_t i = 0; i < plane; ++i) {
    const int grey = detail::luma(in, i);
    for (std::size_t at = i; at < in.size(); at += plane)
      out[at] = detail::blend(grey, in[at], static_cast<float>(factor));
  }
}

/// adjust_hue turns the colours by this share of the circle, -0.5 to 0.5; a grey image stays.
/// torchvision.transforms.functional.adjust_hue
inline void adjust_hue(const auto& in, const auto& out, double turn) {
  detail::copy_image(in, out);
  if (in.channels == 3) {
    const std::size_t plane = in.height * in.width;
    const auto steps = static_cast<std::uint8_t>(static_cast<int>(turn * 255));
    for (std::size_t i = 0; i < plane; ++i)
      detail::rotate_hue(out[i], out[plane + i], out[2 * plane + i], steps);
  }
}

/// Jitter is what ColorJitter draws from, as torchvision's arguments:
/// `Jitter{.brightness = 0.4, .contrast = {0.8, 1.5}, .hue = 0.1}`.
struct Jitter {
  /// Factors are an interval; one number x is that from max(0, 1 - x) to 1 + x.
  struct Factors : Interval {
    /// Makes the interval around 1.
    constexpr Factors(double around_one)
        : Interval{around_one > 1 ? 0 : 1 - around_one, 1 + around_one} {}
    /// Makes the interval from one factor to another.
    constexpr Factors(double from, double to) : Interval{from, to} {}
  };
  /// Turns are an interval; one number x is that from -x to x.
  struct Turns : Interval {
    /// Makes the interval around 0.
    constexpr Turns(double around_zero) : Interval{-around_zero, around_zero} {}
    /// Makes the interval from one turn to another.
    constexpr Turns(double from, double to) : Interval{from, to} {}
  };

  Factors brightness = 0; ///< the factors of adjust_brightness
  Factors contrast = 0;   ///< the factors of adjust_contrast
  Factors saturation = 0; ///< the factors of adjust_saturation
  Turns hue = 0;          ///< the turns of adjust_hue

  /// check says what is wrong with the numbers; empty = nothing.
  constexpr Sentence check() const {
    Sentence error = check_factors("brightness", brightness);
    if (error.empty()) error = check_factors("contrast", contrast);
    if (error.empty()) error = check_factors("saturation", saturation);
    if (error.empty()) error = detail::check_order("hue", hue);
    if (error.empty() && !(hue.low >= -0.5 && hue.high <= 0.5))
      error << "hue must be in [-0.5, 0.5], got " << hue.low << " to " << hue.high;
    return error;
  }

private:
  static constexpr Sentence check_factors(StringView name, Interval factors) {
    Sentence error = detail::check_order(name, factors);
    if (error.empty() && !(factors.low >= 0))
      error << name << " must not be negative, got " << factors.low;
    return error;
  }
};

/// ColorJitter changes brightness, contrast, saturation and hue of an image of bytes, in random order,
/// by amounts that are uniform in the intervals of `Ranges`. torchvision.transforms.ColorJitter
template <Jitter Ranges>
struct ColorJitter {
  static constexpr bool in_place = true;

  static constexpr Sentence check(ImageForm in) {
    const Sentence what = detail::check_colours(in);
    return what.empty() ? Ranges.check() : what;
  }

  static void apply(const auto& in, const auto& out, Random& random) {
    detail::copy_image(in, out);
    const auto change = [&](Interval from, double as_it_is, auto adjust) {
      if (from != Interval{as_it_is, as_it_is})
        adjust(out, out, random.uniform(from.low, from.high));
    };
    std::array<int, 4> order{0, 1, 2, 3};
    for (std::uint32_t left = 4; left > 1; --left)
      std::swap(order[left - 1], order[random.below(left)]);
    for (const int next : order) {
      if (next == 0) change(Ranges.brightness, 1, [](auto... a) { adjust_brightness(a...); });
      if (next == 1) change(Ranges.contrast, 1, [](auto... a) { adjust_contrast(a...); });
      if (next == 2) change(Ranges.saturation, 1, [](auto... a) { adjust_saturation(a...); });
      if (next == 3) change(Ranges.hue, 0, [](auto... a) { adjust_hue(a...); });
    }
  }
};

} // namespace ctnn::transforms
