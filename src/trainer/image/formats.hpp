#pragma once
// What read_image is made of: its limits, its errors and its decoders, on bytes in memory.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <ctnn/core/error.hpp>

#include "image_file.hpp"

namespace trainer {

using Bytes = std::span<const std::byte>;

constexpr auto bad_data = ctnn::ErrorCode::bad_data;

constexpr std::uint64_t max_pixels = std::uint64_t{64} << 20;

/// The largest block that an image of max_pixels needs is 512 MiB (four channels of 16 bits). A
/// file may hold more than its header says: zlib packs 1000 : 1, and stb_image unpacks all of it.
constexpr std::size_t max_block = std::size_t{1} << 30;

/// Throws unless the image is neither empty nor too large. Returns its number of pixels.
std::size_t require_size(std::uint64_t rows, std::uint64_t cols, const std::string& name);

[[noreturn]] void truncated(Bytes file, const std::string& name);
[[noreturn]] void cannot_decode(const std::string& name, std::string_view found);

/// read_image of a file that is in memory.
GrayImage decode_image(Bytes file, const std::string& name);

/// Throws unless every chunk has its CRC-32, the last is IEND, and the pixels' zlib stream is whole
/// and has its Adler-32: stb_image looks at none of them.
void require_sound_png(Bytes file, const std::string& name);

GrayImage decode_jpeg(Bytes file, const std::string& name);

} // namespace trainer
