// Reads a picture by the library that ctnn_add_images() defines.
#include <cstddef>
#include <ctnn/data/image_folder.hpp>
#include <span>
#include <string_view>

int main() {
  constexpr std::string_view picture = "P3 1 1 255 10 20 30\n";
  const auto image = ctnn::io::decode_image(std::as_bytes(std::span(picture)), "picture", 3);
  return image.pixels == std::vector<std::uint8_t>{10, 20, 30} ? 0 : 1;
}
