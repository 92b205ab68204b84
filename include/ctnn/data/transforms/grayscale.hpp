#pragma once

#include <cstddef>
#include <cstdint>

#include <ctnn/data/transforms/image.hpp>

namespace ctnn::transforms {
namespace detail {

/// luma is the grey of a pixel of one channel, or of red, green and blue: Pillow's convert("L").
constexpr std::uint8_t luma(const auto& image, std::size_t pixel) {
  if (image.channels == 1) return image[pixel];
  const std::size_t plane = image.height * image.width;
  return static_cast<std::uint8_t>((19595u * image[pixel] + 38470u * image[plane + pixel] +
                                    7471u * image[2 * plane + pixel] + 0x8000u) >>
                                   16);
}

/// check_colours is what keeps an image from being grey, or red, green and blue, in bytes.
constexpr Sentence check_colours(ImageForm in) {
  Sentence error = expects_bytes(in);
  if (error.empty() && in.shape.channels() != 1 && in.shape.channels() != 3)
    error << "expects 1 or 3 channels, got " << in.shape.channels();
  return error;
}

} // namespace detail

/// Grayscale makes an image of bytes grey, in one channel or in three that are equal.
/// torchvision.transforms.Grayscale
template <int Channels = 1>
struct Grayscale {
  static constexpr Sentence describe() { return Sentence("Grayscale<") << Channels << '>'; }
  static constexpr Sentence check(ImageForm in) {
    Sentence error = detail::check_colours(in);
    if (error.empty() && Channels != 1 && Channels != 3)
      error << "num_output_channels must be 1 or 3, got " << Channels;
    return error;
  }
  static constexpr ImageForm output(ImageForm in) {
    return {{Channels, in.shape[1], in.shape[2]}, in.tensor};
  }

  static void apply(const auto& in, const auto& out) {
    const std::size_t plane = out.height * out.width;
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = detail::luma(in, i % plane);
  }
};

} // namespace ctnn::transforms
