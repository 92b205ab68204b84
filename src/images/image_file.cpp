// read_image: PNG and BMP by stb_image, JPEG by libjpeg-turbo (jpeg.cpp), PGM and PPM by hand.

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <ctnn/core/error.hpp>
#include <ctnn/io/file.hpp>
#include <ctnn/io/message.hpp>

#include "formats.hpp"

namespace {

constexpr std::uint64_t max_file_bytes = std::uint64_t{256} << 20;

void* bounded_realloc(void* block, std::size_t size) {
  return size <= ctnn::io::max_block ? std::realloc(block, size) : nullptr;
}

} // namespace

// No JPEG: a damaged file makes the decoder of Debian 12's stb_image 2.27 write beyond its arrays
// (CVE-2022-28042). No PNM: 2.27 fills the missing rest of a truncated file with whatever the memory
// held, and swaps the bytes of 16-bit pixels.
#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_ONLY_PNG
#define STBI_ONLY_BMP
#define STBI_NO_STDIO
#define STBI_MAX_DIMENSIONS (1 << 26)
#define STBI_MALLOC(size) bounded_realloc(nullptr, size)
#define STBI_REALLOC(block, size) bounded_realloc(block, size)
#define STBI_FREE(block) std::free(block)
#include <stb/stb_image.h>

namespace ctnn::io {
namespace {

// PNG and BMP -------------------------------------------------------------------------------------

/// Hands a file to stb_image, and remembers if it wanted more than there is: stb_image reads zeros
/// from there on.
struct Source {
  Bytes rest;
  bool ran_out = false;

  static int read(void* user, char* out, int size) {
    auto& [rest, ran_out] = *static_cast<Source*>(user);
    const std::size_t count = std::min(rest.size(), static_cast<std::size_t>(size));
    if (count > 0) std::memcpy(out, rest.data(), count);
    ran_out |= count == 0;
    rest = rest.subspan(count);
    return static_cast<int>(count);
  }
  static void skip(void* user, int size) {
    auto& [rest, ran_out] = *static_cast<Source*>(user);
    ran_out |= static_cast<std::size_t>(size) > rest.size();
    rest = rest.subspan(std::min(rest.size(), static_cast<std::size_t>(size)));
  }
  static int at_end(void* user) { return static_cast<Source*>(user)->rest.empty(); }
};

constexpr stbi_io_callbacks source_callbacks{Source::read, Source::skip, Source::at_end};

[[noreturn]] void stb_failed(const Source& source, Bytes file, const std::string& name) {
  if (source.ran_out) truncated(file, name);
  const char* const reason = stbi_failure_reason(); // null where stb_image has not thought of one
  cannot_decode(name, reason != nullptr ? reason : "damaged data");
}

ByteImage decode_with_stb(Bytes file, const std::string& name, std::size_t channels) {
  int cols = 0, rows = 0, stored = 0;
  Source header{file};
  if (stbi_info_from_callbacks(&source_callbacks, &header, &cols, &rows, &stored) == 0)
    stb_failed(header, file, name);
  // The height of a BMP that is stored from the top is negative.
  const std::size_t size = require_size(static_cast<std::uint64_t>(std::abs(std::int64_t{rows})),
                                        static_cast<std::uint64_t>(cols), name);

  Source source{file};
  const int with_alpha = static_cast<int>(channels) + 1;
  const std::unique_ptr<stbi_uc, decltype(&stbi_image_free)> decoded(
      stbi_load_from_callbacks(&source_callbacks, &source, &cols, &rows, &stored, with_alpha),
      stbi_image_free);
  if (!decoded || source.ran_out) stb_failed(source, file, name);

  std::vector<std::uint8_t> pixels;
  pixels.reserve(size * channels);
  for (std::size_t i = 0; i < size; ++i) {
    const stbi_uc* const pixel = decoded.get() + i * (channels + 1);
    const unsigned alpha = pixel[channels];
    for (std::size_t channel = 0; channel < channels; ++channel)
      pixels.push_back(
          static_cast<std::uint8_t>((pixel[channel] * alpha + 255 * (255 - alpha) + 127) / 255));
  }
  return in_planes(channels, static_cast<std::size_t>(rows), static_cast<std::size_t>(cols),
                   pixels);
}

// PGM and PPM: http://netpbm.sourceforge.net/doc/pgm.html -----------------------------------------

class Netpbm {
public:
  Netpbm(Bytes file, const std::string& name) : file_(file), name_(name) {}

  ByteImage decode(std::size_t channels) {
    const char kind = byte(1); // P2, P3: text; P5, P6: binary; P3, P6: colours
    next_ = 2;
    const bool text = kind == '2' || kind == '3', colours = kind == '3' || kind == '6';
    const std::uint32_t cols = number(), rows = number();
    max_ = number();
    if (max_ == 0 || max_ > 65535)
      fail(bad_data, name_, "maximum grey value {}, expected 1 to 65535", max_);
    if (!text) ++next_; // exactly one white space ends the header

    const std::size_t size = require_size(rows, cols, name_);
    const std::size_t least = text || max_ < 256 ? 1 : 2; // bytes a value
    const std::size_t left = file_.size() - std::min(file_.size(), next_);
    if (left / least / (colours ? 3 : 1) < size) truncated(file_, name_);
    std::vector<std::uint8_t> pixels;
    pixels.reserve(size * channels);
    const auto value = [&] { return scaled(text ? number() : binary()); };
    for (std::size_t i = 0; i < size; ++i) {
      const unsigned red = value(), green = colours ? value() : red, blue = colours ? value() : red;
      const unsigned gray = (77 * red + 150 * green + 29 * blue) >> 8; // as stb_image weighs them
      pixels.push_back(static_cast<std::uint8_t>(channels == 1 ? gray : red));
      if (channels == 1) continue;
      pixels.push_back(static_cast<std::uint8_t>(green));
      pixels.push_back(static_cast<std::uint8_t>(blue));
    }
    return in_planes(channels, rows, cols, pixels);
  }

private:
  Bytes file_;
  const std::string& name_;
  std::size_t next_ = 0;
  std::uint32_t max_ = 0;

  char byte(std::size_t at) const {
    if (at >= file_.size()) truncated(file_, name_);
    return static_cast<char>(file_[at]);
  }

  /// A decimal number after white space and comments. One at the very end is whole.
  std::uint32_t number() {
    while (std::string_view(" \t\n\v\f\r#").find(byte(next_)) != std::string_view::npos)
      if (byte(next_++) == '#')
        while (byte(next_) != '\n') ++next_;
    const char* const first = reinterpret_cast<const char*>(file_.data()) + next_;
    std::uint32_t value = 0;
    const auto [stop, error] =
        std::from_chars(first, reinterpret_cast<const char*>(file_.data() + file_.size()), value);
    if (error != std::errc{})
      fail(bad_data, name_, "byte {}: expected a number, found byte 0x{:02x}", next_,
           static_cast<unsigned char>(*first));
    next_ += static_cast<std::size_t>(stop - first);
    return value;
  }

  std::uint32_t binary() {
    const auto one = [&] { return static_cast<unsigned char>(byte(next_++)); };
    const std::uint32_t high = one();
    return max_ < 256 ? high : high << 8 | one();
  }

  unsigned scaled(std::uint32_t value) const {
    if (value > max_) fail(bad_data, name_, "pixel value {}, expected at most {}", value, max_);
    return (value * 255 + max_ / 2) / max_;
  }
};

} // namespace

std::size_t require_size(std::uint64_t rows, std::uint64_t cols, const std::string& name) {
  if (rows == 0 || cols == 0 || rows > max_pixels / cols)
    fail(bad_data, name, "image of {}x{} pixels, expected at least 1x1 and at most {} megapixels",
         cols, rows, max_pixels >> 20);
  return static_cast<std::size_t>(rows * cols);
}

void truncated(Bytes file, const std::string& name) {
  fail(bad_data, name, "truncated: expected more than its {} bytes of image", file.size());
}

void cannot_decode(const std::string& name, std::string_view found) {
  fail(bad_data, name, "cannot decode, expected a sound image, found: {}", printable(found));
}

ByteImage in_planes(std::size_t channels, std::size_t rows, std::size_t cols,
                    const std::vector<std::uint8_t>& pixels) {
  ByteImage image{channels, rows, cols, pixels};
  for (std::size_t i = 0; i < rows * cols && channels > 1; ++i)
    for (std::size_t channel = 0; channel < channels; ++channel)
      image.pixels[channel * rows * cols + i] = pixels[i * channels + channel];
  return image;
}

ByteImage read_image(const std::filesystem::path& path, std::size_t channels) {
  return decode_image(read_file(path, max_file_bytes, bad_data), path.native(), channels);
}

ByteImage decode_image(Bytes file, const std::string& name, std::size_t channels) {
  if (channels != 1 && channels != 3)
    throw Error(ErrorCode::bad_argument,
                fmt::format("decode_image: expected 1 or 3 channels, found {}", channels));
  const std::string_view start(reinterpret_cast<const char*>(file.data()),
                               std::min<std::size_t>(file.size(), 4));
  if (start == "\x89PNG") {
    require_sound_png(file, name);
    return decode_with_stb(file, name, channels);
  }
  if (start.starts_with("BM")) return decode_with_stb(file, name, channels);
  if (start.starts_with("\xff\xd8\xff")) return decode_jpeg(file, name, channels);
  for (const char* netpbm : {"P2", "P3", "P5", "P6"})
    if (start.starts_with(netpbm)) return Netpbm(file, name).decode(channels);
  fail(bad_data, name, "not a known image, expected PNG, JPEG, BMP, PGM or PPM, found {}",
       file.empty() ? "an empty file" : "none of their signatures");
}

} // namespace ctnn::io
