#pragma once
/// @file
/// What the crops share: a window of an image, which may reach beyond it.

#include <algorithm>
#include <cstddef>

#include <ctnn/data/transforms/image.hpp>

namespace ctnn::transforms {

/// A PaddingMode says what stands around an image that is padded: torchvision's padding_mode.
enum class PaddingMode {
  constant, ///< zeros
  edge,     ///< the nearest pixel of the image
  reflect,  ///< the image mirrored at the middle of its outermost pixels
  symmetric ///< the image mirrored at its edge
};

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

namespace detail {

constexpr StringView padding_name(PaddingMode mode) {
  constexpr const char* names[]{"constant", "edge", "reflect", "symmetric"};
  return names[static_cast<int>(mode)];
}

/// padded_index is the pixel of an axis of `size` that stands at index `i` of it with its padding. A
/// mirror shows no more than the image once.
constexpr std::size_t padded_index(PaddingMode mode, int i, int size) {
  const int mirrored_twice = mode == PaddingMode::symmetric ? 1 : 0;
  const int before = mode == PaddingMode::edge ? 0 : -i - mirrored_twice;
  const int behind = mode == PaddingMode::edge ? size - 1 : 2 * (size - 1) - i + mirrored_twice;
  return static_cast<std::size_t>(i < 0 ? before : i < size ? i : behind);
}

} // namespace detail

/// crop assigns to `out` the window of `in` of its size whose first pixel is (top, left), where the image
/// is padded by `Mode`.
template <PaddingMode Mode>
constexpr void crop(const auto& in, const auto& out, int top, int left) {
  if constexpr (Mode == PaddingMode::constant) {
    crop(in, out, top, left);
  } else {
    const auto at = [](int first, std::size_t i, std::size_t size) {
      return detail::padded_index(Mode, first + static_cast<int>(i), static_cast<int>(size));
    };
    for (std::size_t channel = 0; channel < out.channels; ++channel)
      for (std::size_t row = 0; row < out.height; ++row) {
        const std::size_t from = at(top, row, in.height);
        for (std::size_t column = 0; column < out.width; ++column)
          out(channel, row, column) = in(channel, from, at(left, column, in.width));
      }
  }
}

} // namespace ctnn::transforms
