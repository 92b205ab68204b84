#include "image_file.hpp"

#include <utility>

#include <ctnn/io/image_file.hpp>

namespace trainer {

GrayImage read_image(const std::filesystem::path& path) {
  ctnn::io::ByteImage image = ctnn::io::read_image(path, 1);
  return {image.rows, image.cols, std::move(image.pixels)};
}

} // namespace trainer
