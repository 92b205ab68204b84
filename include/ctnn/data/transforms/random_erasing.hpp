#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <ctnn/data/transforms/image.hpp>
#include <ctnn/data/transforms/number.hpp>
#include <ctnn/data/transforms/random.hpp>

namespace ctnn::transforms {

/// A Rectangle is rows [top, top + height) and columns [left, left + width).
struct Rectangle {
  std::size_t top = 0, ///< the first row
      left = 0,        ///< the first column
      height = 0,      ///< the number of rows
      width = 0;       ///< the number of columns
};

/// erase assigns `Value`, one number or a std::array with one for each channel, to a rectangle.
/// torchvision.transforms.functional.erase, in place
template <auto Value>
constexpr void erase(const auto& image, const Rectangle& where) {
  using T = typename std::remove_cvref_t<decltype(image)>::value_type;
  for (std::size_t channel = 0; channel < image.channels; ++channel)
    for (std::size_t row = 0; row < where.height; ++row)
      std::fill_n(&image(channel, where.top + row, 0) + where.left, where.width,
                  static_cast<T>(static_cast<float>(detail::of_channel<Value>(channel))));
}

/// RandomErasing erases a rectangle of a tensor with probability P. Its share of the image is uniform
/// in Scale, the logarithm of its height / width in that of Ratio, its place among all that fit; one
/// that does not fit is drawn again, at most ten times. torchvision.transforms.RandomErasing
template <Number P = 0.5, Interval Scale = Interval{0.02, 0.33},
          Interval Ratio = Interval{0.3, 3.3}, auto Value = 0>
struct RandomErasing {
  static constexpr bool in_place = true;

  static constexpr Sentence describe() { return Sentence("RandomErasing<") << P.value << '>'; }
  static constexpr Sentence check(ImageForm in) {
    Sentence error = detail::expects_tensor(in);
    if (error.empty()) error = detail::check_probability(P);
    if (error.empty()) error = detail::check_order("scale", Scale);
    if (error.empty()) error = detail::check_order("ratio", Ratio);
    if (error.empty() && !(Scale.low >= 0 && Scale.high <= 1)) error = "scale must be in [0, 1]";
    if (error.empty() && !(Ratio.low > 0)) error = "ratio must be above 0";
    if (error.empty()) error = detail::check_channels<Value>("value", in.shape.channels());
    return error;
  }

  /// draw is torchvision's get_params: an empty rectangle if no draw fits.
  static Rectangle draw(std::size_t rows, std::size_t columns, Random& random) {
    for (int attempt = 0; attempt < 10; ++attempt) {
      const double area =
          static_cast<double>(rows * columns) * random.uniform(Scale.low, Scale.high);
      const double ratio = std::exp(random.uniform(std::log(Ratio.low), std::log(Ratio.high)));
      const auto height = static_cast<std::size_t>(std::nearbyint(std::sqrt(area * ratio)));
      const auto width = static_cast<std::size_t>(std::nearbyint(std::sqrt(area / ratio)));
      if (height >= rows || width >= columns) continue;
      const std::size_t top = random.below(static_cast<std::uint32_t>(rows - height + 1));
      const std::size_t left = random.below(static_cast<std::uint32_t>(columns - width + 1));
      return {top, left, height, width};
    }
    return {};
  }

  static void apply(const auto& in, const auto& out, Random& random) {
    detail::copy_image(in, out);
    if (random.chance(P)) erase<Value>(out, draw(out.height, out.width, random));
  }
};

} // namespace ctnn::transforms
