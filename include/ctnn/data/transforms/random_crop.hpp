#pragma once

#include <algorithm>
#include <cstdint>

#include <ctnn/data/transforms/crop.hpp>
#include <ctnn/data/transforms/random.hpp>

namespace ctnn::transforms {

/// RandomCrop takes a window of an image of bytes or a tensor that has `Padding` pixels added on each
/// side, zeros unless `Mode` says otherwise; its place is uniform among all that fit.
/// torchvision.transforms.RandomCrop
template <int Height, int Width = Height, int Padding = 0, PaddingMode Mode = PaddingMode::constant>
struct RandomCrop {
  static constexpr Sentence describe() {
    Sentence text = "RandomCrop<";
    text << Height << ", " << Width;
    if (Padding != 0) text << ", " << Padding;
    if (Mode != PaddingMode::constant) text << ", PaddingMode::" << detail::padding_name(Mode);
    return text << '>';
  }
  static constexpr Sentence check(ImageForm in) {
    Sentence error = detail::check_size(Height, Width);
    if (!error.empty()) return error;
    const Size2d padded{static_cast<int>(in.shape[1]) + 2 * Padding,
                        static_cast<int>(in.shape[2]) + 2 * Padding};
    if (Padding < 0)
      error << "padding must not be negative, got " << Padding;
    else if (Height > padded.height || Width > padded.width)
      error << Size2d{Height, Width} << " does not fit its " << padded << " input";
    else if (Padding > most_padding(in))
      error << "padding " << Padding << " is more than its " << in.shape
            << " input can be mirrored, " << most_padding(in);
    return error;
  }
  static constexpr ImageForm output(ImageForm in) { return in.resized(Height, Width); }

  static void apply(const auto& in, const auto& out, Random& random) {
    const auto draw = [&](std::size_t size, int cropped) {
      const int places = static_cast<int>(size) + 2 * Padding - cropped + 1;
      return static_cast<int>(random.below(static_cast<std::uint32_t>(places))) - Padding;
    };
    const int top = draw(in.height, Height);
    const int left = draw(in.width, Width);
    crop<Mode>(in, out, top, left);
  }

private:
  /// most_padding is how far an image can be mirrored: once.
  static constexpr int most_padding(ImageForm in) {
    const int side = static_cast<int>(std::min(in.shape[1], in.shape[2]));
    if (Mode == PaddingMode::reflect) return side - 1;
    return Mode == PaddingMode::symmetric ? side : Padding;
  }
};

} // namespace ctnn::transforms
