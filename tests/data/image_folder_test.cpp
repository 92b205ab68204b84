// Pictures in colour, and folders of them.
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <zlib.h>

#include <ctnn/data/image_folder.hpp>
#include <ctnn/data/transforms.hpp>
#include <ctnn/train.hpp>

#include "io/files.hpp"
#include "support/catch.hpp"
#include "support/reference.hpp"

using namespace ctnn;

namespace {

const std::filesystem::path images = std::filesystem::path(CTNN_TESTS_DIR) / "images";

std::uint32_t crc32_of(const std::vector<std::uint8_t>& bytes) {
  return static_cast<std::uint32_t>(::crc32_z(0, bytes.data(), bytes.size()));
}

/// A folder of four pictures of 28x28 in two classes, and what is no picture.
struct Pictures {
  ::test::temporary_folder folder;

  Pictures() {
    copy("digit.png", "eight/b.png");
    copy("digit_rgb.jpg", "eight/a.JPG");
    copy("digit_rgb.bmp", "eight/deeper/0.bmp");
    copy("digit_dark.png", "dark ones/x.png");
    ::test::write(folder / "eight/notes.txt", "not a picture");
    ::test::write(folder / "README.md", "of no class");
  }
  void copy(const std::string& image, const std::string& to) const {
    const std::filesystem::path path = folder / to;
    std::filesystem::create_directories(path.parent_path());
    std::filesystem::copy_file(images / image, path);
  }
  /// What is said of it, behind the folder's name.
  std::string refusal(Shape shape, const ImageFolderOptions& options = {}) const {
    const auto error = ::test::error_of([&] { ImageFolder(folder.path(), shape, options); });
    CHECK(error.code == ErrorCode::bad_data);
    CHECK(error.is_one_line());
    REQUIRE(error.message.starts_with(folder.path().native()));
    return error.message.substr(folder.path().native().size());
  }
};

std::vector<std::uint8_t> pixels_of(const std::string& image, std::size_t channels = 3) {
  return io::read_image(images / image, channels).pixels;
}

std::vector<std::uint8_t> pixels_of(const LabelledImages& data, std::size_t i) {
  return {data.pixels(i).begin(), data.pixels(i).end()};
}

} // namespace

TEST_CASE("pictures have Pillow's reds, greens and blues") {
  const auto file = ctnn::test::reference("pictures.json");
  std::size_t checked = 0;
  for (const auto& [name, expected] : file.items()) {
    INFO(name);
    const io::ByteImage image = io::read_image(images / name, 3);
    CHECK(image.channels == 3);
    CHECK(image.rows == expected["shape"][1]);
    CHECK(image.cols == expected["shape"][2]);
    CHECK(crc32_of(image.pixels) == expected["crc32"]);
    ++checked;
  }
  CHECK(checked > 30);
}

TEST_CASE("a grey picture has three equal planes, and a transparent one lies on white") {
  const auto dark = pixels_of("digit_dark.png", 1);
  for (const std::string name : {"digit_dark.png", "digit_dark_on_transparent.png"}) {
    auto planes = dark;
    for (int more = 0; more < 2; ++more) planes.insert(planes.end(), dark.begin(), dark.end());
    CHECK(pixels_of(name) == planes);
  }
}

TEST_CASE("channels are one or three") {
  const auto error = ::test::error_of([] { pixels_of("digit.png", 2); });
  CHECK(error.code == ErrorCode::bad_argument);
  CHECK(error.message == "decode_image: expected 1 or 3 channels, found 2");
}

TEST_CASE("a folder's classes and pictures are in the order of their names") {
  const Pictures pictures;
  const ImageFolder data(pictures.folder.path(), {3, 28, 28});
  CHECK(data.classes() == std::vector<std::string>{"dark ones", "eight"});
  CHECK(data.sample_shape() == Shape{3, 28, 28});
  REQUIRE(data.size() == 4);
  const std::string files[] = {"digit_dark.png", "digit_rgb.jpg", "digit.png", "digit_rgb.bmp"};
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(data.label(i) == (i == 0 ? 0 : 1));
    CHECK(pixels_of(data, i) == pixels_of(files[i]));
  }
  const ImageFolder grey(pictures.folder.path(), {1, 28, 28});
  CHECK(pixels_of(grey, 2) == pixels_of("digit.png", 1));

  const Transformed<transforms::Compose<Input<1, 28, 28>, transforms::ToTensor>, LabelledImages>
      seen(grey);
  CHECK(seen.size() == 4);
}

TEST_CASE("a picture of another shape is refused, or resized as torchvision does") {
  const Pictures pictures;
  CHECK(pictures.refusal({3, 14, 20}) ==
        "/dark ones/x.png: a picture of 3x28x28, expected 3x14x20 (or .resize = true)");
  const ImageFolder data(pictures.folder.path(), {3, 14, 20}, {.resize = true});
  std::vector<std::uint8_t> expected(3 * 14 * 20);
  const auto whole = pixels_of("digit_rgb.jpg");
  transforms::Resize<14, 20>::apply(
      transforms::Planes<const std::uint8_t, Shape{3, 28, 28}>{whole.data()},
      transforms::Planes<std::uint8_t, Shape{3, 14, 20}>{expected.data()});
  CHECK(pixels_of(data, 1) == expected);
}

TEST_CASE("what is wrong with a folder is one line") {
  Pictures pictures;
  CHECK(pictures.refusal({3, 28, 28}, {.classes = {"dark ones", "eight", "nine"}}) ==
        ": expected the classes dark ones, eight, nine, found dark ones, eight");
  std::filesystem::create_directory(pictures.folder / "nine");
  CHECK(
      pictures.refusal({3, 28, 28}) ==
      "/nine: no pictures in it, expected .jpg, .jpeg, .png, .ppm, .bmp, .pgm, .tif, .tiff, .webp");
  CHECK(::test::error_of([&] {
          ImageFolder(pictures.folder / "nine", {3, 28, 28});
        }).says("nine: no folders in it, expected one for each class"));
  CHECK(::test::error_of([&] {
          ImageFolder(pictures.folder / "ten", {3, 28, 28});
        }).says("ten: cannot read: No such file or directory"));
  ::test::write(pictures.folder / "nine/9.tif", "II*");
  CHECK(pictures.refusal({3, 28, 28}) ==
        "/nine/9.tif: not a known image, expected PNG, JPEG, BMP, PGM or PPM, found none of their "
        "signatures");
  ::test::write(pictures.folder / "dark ones/x.png",
                ::test::read(images / "digit.png").substr(0, 100));
  CHECK(pictures.refusal({3, 28, 28}) ==
        "/dark ones/x.png: truncated: expected more than its 100 bytes of image");
}

TEST_CASE("a shape that no picture has is a bad argument") {
  const Pictures pictures;
  for (const Shape& shape : {Shape{2, 28, 28}, Shape{28, 28}, Shape{3, 0, 28}}) {
    const auto error = ::test::error_of([&] { ImageFolder(pictures.folder.path(), shape); });
    CHECK(error.code == ErrorCode::bad_argument);
    CHECK(error.message ==
          "ImageFolder: expected a shape of 1 or 3 channels, a height and a width");
  }
}
