#pragma once

#include <ctnn/data/transforms/crop.hpp>

namespace ctnn::transforms {
namespace detail {

/// center_offset is where torchvision's center_crop starts: half a pixel of rounding goes to the even
/// number where it cuts, and to the right or the bottom where it pads.
constexpr int center_offset(int size, int cropped) {
  const int rest = size - cropped;
  if (rest < 0) return -(-rest / 2);
  return rest / 2 + (rest % 4 == 3 ? 1 : 0);
}

} // namespace detail

/// CenterCrop takes the middle of an image of bytes or a tensor, with zeros around it where it is
/// smaller. torchvision.transforms.CenterCrop
template <int Height, int Width = Height>
struct CenterCrop {
  static constexpr Sentence describe() {
    Sentence text = "CenterCrop<";
    text << Height;
    if (Width != Height) text << ", " << Width;
    return text << '>';
  }
  static constexpr Sentence check(ImageForm) { return detail::check_size(Height, Width); }
  static constexpr ImageForm output(ImageForm in) { return in.resized(Height, Width); }

  static void apply(const auto& in, const auto& out) {
    crop(in, out, detail::center_offset(static_cast<int>(in.height), Height),
         detail::center_offset(static_cast<int>(in.width), Width));
  }
};

} // namespace ctnn::transforms
