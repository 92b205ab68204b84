#pragma once
/// @file
/// The IDX format of the MNIST files, plain or gzip-compressed, parsed from bytes in memory.
/// Format: big-endian u32 magic (0x00 0x00 type rank), one u32 per dimension, then the elements.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <ctnn/core/error.hpp>
#include <ctnn/io/gzip.hpp>
#include <ctnn/io/message.hpp>

namespace ctnn::io {

/// IdxImages are the `count` grey images of an IDX file, row-major, 0 = background.
struct IdxImages {
  std::size_t count = 0;            ///< the number of images
  std::size_t rows = 0;             ///< the height of each in pixels
  std::size_t cols = 0;             ///< the width of each in pixels
  std::vector<std::uint8_t> pixels; ///< [count][rows][cols]
};

/// IdxLabels are the labels of an IDX file.
struct IdxLabels {
  std::vector<std::uint8_t> labels; ///< the class of each image, in their order
};

/// max_idx_bytes is what an IDX file, or the elements of a compressed one, may take; MNIST has 47 MB.
inline constexpr std::uint64_t max_idx_bytes = std::uint64_t{1} << 30;

namespace detail {

inline constexpr std::uint32_t idx_images_magic = 0x00000803; // unsigned bytes, 3 dimensions
inline constexpr std::uint32_t idx_labels_magic = 0x00000801; // unsigned bytes, 1 dimension

inline std::uint32_t big_endian_u32(std::span<const std::byte> bytes, std::size_t offset) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i)
    value = value << 8 | std::to_integer<std::uint32_t>(bytes[offset + i]);
  return value;
}

/// idx_surprise says what a file is that does not begin with `expected`, and what to do about it.
inline std::string idx_surprise(std::span<const std::byte> bytes, std::uint32_t expected) {
  const std::uint32_t magic = big_endian_u32(bytes, 0);
  if (magic >> 16 == 0x1f8b) return "gzip-compressed twice; run gunzip";
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

/// An idx_header is what the first bytes of a file promise.
struct idx_header {
  std::vector<std::size_t> dimensions;
  std::uint64_t elements = 0; ///< bytes after the header
  std::string says;           ///< "header says 3x4x5 = 76 bytes", for messages
};

/// parse_idx_header checks everything that both kinds of file share and needs no element. `start` is
/// the file or at least as much of it as a header takes; `found` says what that is, "file has". It
/// allocates nothing in proportion to what the header claims.
inline idx_header parse_idx_header(std::span<const std::byte> start, std::string_view found,
                                   std::string_view file_name, std::uint32_t magic) {
  const std::size_t rank = magic & 0xff;
  const std::size_t size = 4 + 4 * rank;
  if (start.size() >= 4 && big_endian_u32(start, 0) != magic)
    fail(ErrorCode::bad_data, file_name, "{}", idx_surprise(start, magic));
  if (start.size() < size)
    fail(ErrorCode::bad_data, file_name, "truncated: header is {} bytes, {} {}", size, found,
         start.size());

  idx_header header;
  std::uint64_t elements = 1, total = 0;
  bool overflow = false;
  for (std::size_t axis = 0; axis < rank; ++axis) {
    const std::uint32_t extent = big_endian_u32(start, 4 + 4 * axis);
    header.dimensions.push_back(extent);
    overflow |= __builtin_mul_overflow(elements, std::uint64_t{extent}, &elements);
  }
  overflow |= __builtin_add_overflow(elements, std::uint64_t{size}, &total);
  const std::string dimensions = fmt::format("{}", fmt::join(header.dimensions, "x"));
  if (overflow)
    fail(ErrorCode::bad_data, file_name, "header says {}, which overflows 64 bits", dimensions);
  header.elements = elements;
  header.says = fmt::format("header says {} = {} bytes", dimensions, total);
  return header;
}

struct idx_content {
  std::vector<std::size_t> dimensions;
  std::vector<std::uint8_t> elements;
};

/// inflate_idx is the content of a gzip-compressed file: first its header, then no more than that
/// implies.
inline idx_content inflate_idx(std::span<const std::byte> bytes, std::string_view file_name,
                               std::uint32_t magic) {
  GzipReader reader(bytes, file_name, ErrorCode::bad_data);
  std::array<std::byte, 16> start{}; // of the longest header, that of images
  const std::size_t header_size = 4 + 4 * std::size_t{magic & 0xff};
  const std::size_t start_size = reader.read(std::span(start).first(header_size));
  const idx_header header =
      parse_idx_header(std::span(start).first(start_size), "gzip data hold", file_name, magic);
  if (header.elements > max_idx_bytes)
    fail(ErrorCode::bad_data, file_name, "too large: {}, expected at most {}", header.says,
         max_idx_bytes);
  if (header.elements / max_gzip_ratio > bytes.size())
    fail(ErrorCode::bad_data, file_name, "truncated: {}, but {} bytes of gzip data hold fewer",
         header.says, bytes.size());

  std::vector<std::uint8_t> elements(static_cast<std::size_t>(header.elements));
  const std::size_t found = reader.read(std::as_writable_bytes(std::span(elements)));
  if (found < elements.size())
    fail(ErrorCode::bad_data, file_name, "truncated: {}, gzip data hold {}", header.says,
         header_size + found);
  std::byte more{};
  if (reader.read(std::span(&more, 1)) != 0)
    fail(ErrorCode::bad_data, file_name, "too long: {}, gzip data hold more", header.says);
  return {header.dimensions, std::move(elements)};
}

inline idx_content parse_idx(std::span<const std::byte> bytes, std::string_view file_name,
                             std::uint32_t magic) {
  if (is_gzip(bytes)) return inflate_idx(bytes, file_name, magic);
  const idx_header header = parse_idx_header(bytes, "file has", file_name, magic);
  const auto elements = bytes.subspan(4 + 4 * header.dimensions.size());
  if (elements.size() < header.elements)
    fail(ErrorCode::bad_data, file_name, "truncated: {}, file has {}", header.says, bytes.size());
  if (elements.size() > header.elements)
    fail(ErrorCode::bad_data, file_name, "{} bytes too long: {}, file has {}",
         elements.size() - header.elements, header.says, bytes.size());
  const auto* first = reinterpret_cast<const std::uint8_t*>(elements.data());
  return {header.dimensions, {first, first + elements.size()}};
}

} // namespace detail

/// parse_idx_images parses a whole `…-images-idx3-ubyte` file, plain or gzip-compressed. Throws
/// `Error(bad_data)`; `file_name` is for messages.
inline IdxImages parse_idx_images(std::span<const std::byte> bytes, std::string_view file_name) {
  detail::idx_content file = detail::parse_idx(bytes, file_name, detail::idx_images_magic);
  return {file.dimensions[0], file.dimensions[1], file.dimensions[2], std::move(file.elements)};
}

/// parse_idx_labels parses a whole `…-labels-idx1-ubyte` file, plain or gzip-compressed. Throws
/// `Error(bad_data)`; `file_name` is for messages.
inline IdxLabels parse_idx_labels(std::span<const std::byte> bytes, std::string_view file_name) {
  return {detail::parse_idx(bytes, file_name, detail::idx_labels_magic).elements};
}

} // namespace ctnn::io
