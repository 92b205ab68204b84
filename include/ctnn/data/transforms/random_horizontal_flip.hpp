#pragma once

#include <algorithm>
#include <cstddef>

#include <ctnn/data/transforms/image.hpp>
#include <ctnn/data/transforms/number.hpp>
#include <ctnn/data/transforms/random.hpp>

namespace ctnn::transforms {

/// flip_horizontally makes left right. `out` may be `in`. torchvision.transforms.functional.hflip
constexpr void flip_horizontally(const auto& in, const auto& out) {
  for (std::size_t row = 0; row < in.channels * in.height; ++row) {
    const auto* const from = in.data + row * in.width;
    auto* const to = out.data + row * in.width;
    if (from == to)
      std::reverse(to, to + in.width);
    else
      std::reverse_copy(from, from + in.width, to);
  }
}

/// RandomHorizontalFlip flips an image of bytes or a tensor with probability P.
/// torchvision.transforms.RandomHorizontalFlip
template <Number P = 0.5>
struct RandomHorizontalFlip {
  static constexpr bool in_place = true;

  static constexpr Sentence describe() {
    return Sentence("RandomHorizontalFlip<") << P.value << '>';
  }
  static constexpr Sentence check(ImageForm) { return detail::check_probability(P); }

  static void apply(const auto& in, const auto& out, Random& random) {
    if (random.chance(P))
      flip_horizontally(in, out);
    else
      detail::copy_image(in, out);
  }
};

} // namespace ctnn::transforms
