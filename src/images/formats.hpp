#pragma once
// What read_image is made of: its limits, its errors and its decoders, on bytes in memory.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <ctnn/core/error.hpp>
#include <ctnn/io/image_file.hpp>

namespace ctnn::io {

using Bytes = std::span<const std::byte>;

constexpr auto bad_data = ErrorCode::bad_data;

constexpr std::uint64_t max_pixels = std::uint64_t{64} << 20;

/// The largest block that an image of max_pixels needs is 512 MiB (four channels of 16 bits). A
/// file may hold more than its header says: zlib packs 1000 : 1, and stb_image unpacks all of it.
constexpr std::size_t max_block = std::size_t{1} << 30;

/// Throws unless the image is neither empty nor too large. Returns its number of pixels.
std::size_t require_size(std::uint64_t rows, std::uint64_t cols, const std::string& name);

[[noreturn]] void truncated(Bytes file, const std::string& name);
[[noreturn]] void cannot_decode(const std::string& name, std::string_view found);

/// The image of pixels that lie together, [row][column][channel].
ByteImage in_planes(std::size_t channels, std::size_t rows, std::size_t cols,
                    const std::vector<std::uint8_t>& pixels);

/// Throws unless every chunk has its CRC-32, the last is IEND, and the pixels' zlib stream is whole
/// and has its Adler-32: stb_image looks at none of them.
void require_sound_png(Bytes file, const std::string& name);

ByteImage decode_jpeg(Bytes file, const std::string& name, std::size_t channels);

} // namespace ctnn::io
