// libFuzzer: any bytes as a picture, and as the digit that it may hold.

#include <cstdint>
#include <cstring>
#include <random>
#include <string>

#include <zlib.h>

#include <ctnn/io/image_file.hpp>

#include "fuzz/require.hpp"
#include "trainer/image/image_file.hpp"

using fuzz::require;

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace {

std::uint32_t big_endian(const std::uint8_t* at) {
  return std::uint32_t{at[0]} << 24 | std::uint32_t{at[1]} << 16 | std::uint32_t{at[2]} << 8 |
         at[3];
}

/// Makes the checksum of every chunk of a PNG right: most mutations break one, and nothing behind the
/// check would ever be reached.
void repair_png(std::uint8_t* data, std::size_t size) {
  for (std::size_t at = 8; at + 12 <= size;) {
    const std::size_t length = big_endian(data + at);
    if (length > size - at - 12) return;
    const auto sum =
        static_cast<std::uint32_t>(crc32_z(crc32_z(0, nullptr, 0), data + at + 4, length + 4));
    for (int byte = 0; byte < 4; ++byte)
      data[at + 8 + length + static_cast<std::size_t>(byte)] =
          static_cast<std::uint8_t>(sum >> (24 - 8 * byte));
    at += length + 12;
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ctnn::io::ByteImage gray, colour;
  const auto decode = [&](ctnn::io::ByteImage& image, std::size_t channels) {
    return fuzz::accepts(ctnn::ErrorCode::bad_data, [&] {
      image = ctnn::io::decode_image(std::as_bytes(std::span(data, size)), "f", channels);
    });
  };
  if (!decode(gray, 1)) return 0;
  require(gray.rows > 0 && gray.cols > 0 && gray.pixels.size() == gray.rows * gray.cols,
          "as many pixels as rows and columns say");
  if (gray.pixels.size() > 100'000) return 0; // decoding is what may go wrong; this takes time
  if (decode(colour, 3)) // a JPEG may have colours that are no red, green and blue
    require(colour.rows == gray.rows && colour.cols == gray.cols &&
                colour.pixels.size() == 3 * gray.pixels.size(),
            "three planes of the same size");
  const trainer::GrayImage image{gray.rows, gray.cols, std::move(gray.pixels)};
  trainer::Digit digit{{}, 0};
  if (!fuzz::accepts(ctnn::ErrorCode::bad_data,
                     [&] { digit = trainer::like_mnist(image, 28, 28, "f"); }))
    return 0;
  require(digit.image.pixels.size() == 28 * 28 && digit.seen > 0, "a digit of 28x28");
  return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max_size, unsigned seed) {
  size = LLVMFuzzerMutate(data, size, max_size);
  std::minstd_rand random(seed);
  random.discard(2); // the first values of near seeds are alike
  if (random() % 8 != 0 && size > 8 && std::memcmp(data, "\x89PNG", 4) == 0) repair_png(data, size);
  return size;
}
