// decode_jpeg: by libjpeg-turbo, turned upright.

#include "formats.hpp"

#include <algorithm>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <new>
#include <utility>

#include <turbojpeg.h>

namespace ctnn::io {
namespace {

/// The part of a file that Exif is in, a TIFF of its own byte order. What lies outside reads as 0.
class Tiff {
public:
  explicit Tiff(Bytes bytes) : bytes_(bytes) { little_ = number(0, 1) == 'I'; }

  std::size_t number(std::size_t at, std::size_t size) const {
    if (at > bytes_.size() || size > bytes_.size() - at) return 0;
    std::size_t value = 0;
    for (std::size_t i = 0; i < size; ++i)
      value = value << 8 | std::to_integer<std::size_t>(bytes_[at + (little_ ? size - 1 - i : i)]);
    return value;
  }

private:
  Bytes bytes_;
  bool little_ = false;
};

/// The Exif tag Orientation, 1 to 8; 1, upright, if the file has none.
/// Exif 2.32, sections 4.5.4 and 4.6.4 A; segments: ITU T.81, section B.1.1.4.
std::size_t orientation(Bytes file) {
  const auto byte = [&](std::size_t at) { return std::to_integer<unsigned>(file[at]); };
  for (std::size_t at = 2; at + 10 <= file.size() && byte(at) == 0xff && byte(at + 1) != 0xda;) {
    const std::size_t length = byte(at + 2) << 8 | byte(at + 3); // its own two bytes included
    const Bytes segment = file.subspan(at, std::min(2 + length, file.size() - at));
    constexpr std::string_view exif{"Exif\0\0", 6};
    if (byte(at + 1) == 0xe1 && segment.size() >= 10 &&
        std::memcmp(segment.data() + 4, exif.data(), exif.size()) == 0) {
      const Tiff tiff(segment.subspan(10));
      const std::size_t entries = tiff.number(4, 4), count = tiff.number(entries, 2);
      for (std::size_t i = 0; i < count; ++i) {
        const std::size_t entry = entries + 2 + 12 * i;
        constexpr std::size_t orientation_tag = 0x0112;
        if (tiff.number(entry, 2) == orientation_tag)
          return std::clamp<std::size_t>(tiff.number(entry + 8, 2), 1, 8);
      }
      return 1;
    }
    at += 2 + std::max<std::size_t>(length, 2);
  }
  return 1;
}

/// Exif names the eight ways to hold a camera by where the image's first row and column are seen.
ByteImage upright(ByteImage image, std::size_t orientation) {
  if (orientation == 1) return image;
  const auto one_of = [&](std::initializer_list<std::size_t> some) {
    return std::ranges::find(some, orientation) != some.end();
  };
  const bool transposed = orientation >= 5, from_below = one_of({3, 4, 6, 7}),
             from_right = one_of({2, 3, 7, 8});
  ByteImage result = image;
  if (transposed) std::swap(result.rows, result.cols);
  const std::size_t plane = image.rows * image.cols;
  for (std::size_t y = 0, i = 0; y < result.rows; ++y)
    for (std::size_t x = 0; x < result.cols; ++x, ++i) {
      const std::size_t row = transposed ? x : y, col = transposed ? y : x;
      const std::size_t from = (from_below ? image.rows - 1 - row : row) * image.cols +
                               (from_right ? image.cols - 1 - col : col);
      for (std::size_t at = 0; at < image.pixels.size(); at += plane)
        result.pixels[at + i] = image.pixels[at + from];
    }
  return result;
}

} // namespace

ByteImage decode_jpeg(Bytes file, const std::string& name, std::size_t channels) {
  const std::unique_ptr<void, decltype(&tjDestroy)> decoder(tjInitDecompress(), tjDestroy);
  if (!decoder) throw std::bad_alloc();
  const auto* const bytes = reinterpret_cast<const unsigned char*>(file.data());
  const auto size = static_cast<unsigned long>(file.size());
  int cols = 0, rows = 0, subsampling = 0, colours = 0;
  if (tjDecompressHeader3(decoder.get(), bytes, size, &cols, &rows, &subsampling, &colours) != 0)
    cannot_decode(name, tjGetErrorStr2(decoder.get()));
  const std::size_t pixels =
      require_size(static_cast<std::size_t>(rows), static_cast<std::size_t>(cols), name);
  // Huffman's code has one bit or more for each block of 8 x 8 pixels.
  if (pixels / 64 / 8 > file.size()) truncated(file, name);
  std::vector<std::uint8_t> decoded(pixels * channels);
  // A warning is a file that is damaged or ends early: what is missing would be grey. A progressive
  // file may have any number of scans, each over all pixels; TJFLAG_LIMITSCANS allows 500.
  if (tjDecompress2(decoder.get(), bytes, size, decoded.data(), cols, 0, rows,
                    channels == 1 ? TJPF_GRAY : TJPF_RGB,
                    TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS | TJFLAG_ACCURATEDCT) != 0)
    cannot_decode(name, tjGetErrorStr2(decoder.get()));
  return upright(
      in_planes(channels, static_cast<std::size_t>(rows), static_cast<std::size_t>(cols), decoded),
      orientation(file));
}

} // namespace ctnn::io
