#pragma once
// The IDX format of the MNIST files, parsed from bytes in memory.
// Format: big-endian u32 magic (0x00 0x00 type rank), one u32 per dimension, then the elements.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include <ctnn/io/error.hpp>
#include <ctnn/io/message.hpp>

namespace ctnn {

/// `count` grey images, row-major, 0 = background.
struct IdxImages {
  std::size_t count = 0;
  std::size_t rows = 0;
  std::size_t cols = 0;
  std::vector<std::uint8_t> pixels;
};

struct IdxLabels {
  std::vector<std::uint8_t> labels;
};

namespace detail {

inline constexpr std::uint32_t idx_images_magic = 0x00000803; // unsigned bytes, 3 dimensions
inline constexpr std::uint32_t idx_labels_magic = 0x00000801; // unsigned bytes, 1 dimension

inline std::uint32_t big_endian_u32(std::span<const std::byte> bytes, std::size_t offset) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i)
    value = value << 8 | std::to_integer<std::uint32_t>(bytes[offset + i]);
  return value;
}

/// What a file is that does not begin with `expected`, in words that say what to do about it.
inline std::string idx_surprise(std::span<const std::byte> bytes, std::uint32_t expected) {
  const std::uint32_t magic = big_endian_u32(bytes, 0);
  if (magic >> 16 == 0x1f8b) return "gzip-compressed; run gunzip";
  if (magic == 0x504b0304) return "not an IDX file: a zip archive";
  if (magic >> 24 == '<') return "not an IDX file: looks like an HTML or XML page";
  if (magic == idx_labels_magic)
    return "a label file, expected images; are the image and label files swapped?";
  if (magic == idx_images_magic)
    return "an image file, expected labels; are the image and label files swapped?";
  if (magic == __builtin_bswap32(expected)) return "magic number is little-endian, expected big";
  if (magic >> 16 == 0 && (magic >> 8 & 0xff) != 0x08)
    return fmt::format("IDX element type 0x{:02x}, expected 0x08 (unsigned byte)",
                       magic >> 8 & 0xff);
  if (magic >> 16 == 0)
    return fmt::format("IDX file of {} dimensions, expected {}", magic & 0xff, expected & 0xff);
  return fmt::format("not an IDX file: magic number 0x{:08x}, expected 0x{:08x}", magic, expected);
}

struct idx_file {
  std::vector<std::size_t> dimensions;
  std::span<const std::byte> elements;
};

/// Checks everything that both kinds of file share. Nothing is allocated in proportion to what the
/// header claims: sizes are compared with the file first.
inline idx_file parse_idx(std::span<const std::byte> bytes, std::string_view file_name,
                          std::uint32_t magic) {
  const auto wrong = [&](const std::string& what) {
    fail(ExitCode::bad_data, file_name, "{}", what);
  };
  const std::size_t rank = magic & 0xff;
  const std::size_t header = 4 + 4 * rank;
  if (bytes.size() >= 4 && big_endian_u32(bytes, 0) != magic) wrong(idx_surprise(bytes, magic));
  if (bytes.size() < header)
    wrong(fmt::format("truncated: header is {} bytes, file has {}", header, bytes.size()));

  idx_file file;
  std::uint64_t size = 1;
  bool overflow = false;
  for (std::size_t axis = 0; axis < rank; ++axis) {
    const std::uint32_t extent = big_endian_u32(bytes, 4 + 4 * axis);
    file.dimensions.push_back(extent);
    overflow |= __builtin_mul_overflow(size, std::uint64_t{extent}, &size);
  }
  overflow |= __builtin_add_overflow(size, std::uint64_t{header}, &size);
  const std::string dimensions = fmt::format("{}", fmt::join(file.dimensions, "x"));
  if (overflow) wrong(fmt::format("header says {}, which overflows 64 bits", dimensions));
  if (bytes.size() < size)
    wrong(fmt::format("truncated: header says {} = {} bytes, file has {}", dimensions, size,
                      bytes.size()));
  if (bytes.size() > size)
    wrong(fmt::format("{} bytes too long: header says {} = {} bytes, file has {}",
                      bytes.size() - size, dimensions, size, bytes.size()));
  file.elements = bytes.subspan(header);
  return file;
}

inline std::vector<std::uint8_t> to_u8(std::span<const std::byte> bytes) {
  const auto* first = reinterpret_cast<const std::uint8_t*>(bytes.data());
  return {first, first + bytes.size()};
}

} // namespace detail

/// A whole `…-images-idx3-ubyte` file. Throws `Error(bad_data)`; `file_name` is for messages.
inline IdxImages parse_idx_images(std::span<const std::byte> bytes, std::string_view file_name) {
  const detail::idx_file file = detail::parse_idx(bytes, file_name, detail::idx_images_magic);
  return {file.dimensions[0], file.dimensions[1], file.dimensions[2], detail::to_u8(file.elements)};
}

/// A whole `…-labels-idx1-ubyte` file. Throws `Error(bad_data)`; `file_name` is for messages.
inline IdxLabels parse_idx_labels(std::span<const std::byte> bytes, std::string_view file_name) {
  return {detail::to_u8(detail::parse_idx(bytes, file_name, detail::idx_labels_magic).elements)};
}

} // namespace ctnn
