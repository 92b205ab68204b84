#pragma once
/// @file
/// Pictures in files: PNG, JPEG, BMP, PGM and PPM. What decodes them is no header, so that nobody needs
/// its libraries who reads no pictures: link to ctnn::images, which CMake's ctnn_add_images() defines.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace ctnn::io {

/// A ByteImage is one picture in bytes, 0 being black, in PyTorch's order.
struct ByteImage {
  std::size_t channels = 0;         ///< 1 for grey, 3 for red, green and blue
  std::size_t rows = 0;             ///< the height in pixels
  std::size_t cols = 0;             ///< the width in pixels
  std::vector<std::uint8_t> pixels; ///< [channel][row][column]
};

/// read_image reads PNG, JPEG, BMP, PGM and PPM (binary and text), told apart by their first bytes, in 1 or
/// 3 `channels`. Of 1 channel, colours become their luma; of 3, grey is all three. 16 bits become 8; what is
/// transparent lies on white, as a page would show it; a camera that was held sideways is turned upright.
/// At most 64 megapixels and 256 MiB. Throws `Error(bad_data)` if there is no such file, or no whole image
/// in it; where the format has checksums, as PNG does, also if one of them is wrong.
ByteImage read_image(const std::filesystem::path& path, std::size_t channels);

/// decode_image is read_image of a file that is in memory; `file_name` is for messages.
ByteImage decode_image(std::span<const std::byte> file, const std::string& file_name,
                       std::size_t channels);

} // namespace ctnn::io
