#pragma once
/// @file
/// What the crops share: a window of an image, which may reach beyond it.

#include <algorithm>
#include <cstddef>

#include <ctnn/data/transforms/image.hpp>

namespace ctnn::transforms {

/// crop assigns to `out` the window of `in` of its size whose first pixel is (top, left). What lies
/// outside `in` is 0. torchvision.transforms.functional.crop
constexpr void crop(const auto& in, const auto& out, int top, int left) {
  const int height = static_cast<int>(in.height), width = static_cast<int>(in.width);
  const int out_width = static_cast<int>(out.width);
  const int begin = std::clamp(-left, 0, out_width); // the columns of out that are in the image
  const int end = std::clamp(width - left, begin, out_width);
  for (std::size_t channel = 0; channel < out.channels; ++channel)
    for (std::size_t row = 0; row < out.height; ++row) {
      auto* const to = &out(channel, row, 0);
      std::fill_n(to, out_width, 0);
      const int y = top + static_cast<int>(row);
      if (y >= 0 && y < height && begin < end)
        std::copy_n(&in(channel, static_cast<std::size_t>(y), 0) + begin + left, end - begin,
                    to + begin);
    }
}

} // namespace ctnn::transforms
