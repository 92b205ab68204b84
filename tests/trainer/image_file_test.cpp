// read_image: every format gives the same pixels; damaged and hostile files give one line.

#include "trainer/image/image_file.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <sys/resource.h>
#include <zlib.h>

#include "io/files.hpp"
#include "support/catch.hpp"

using trainer::GrayImage;
using trainer::read_image;

namespace {

const std::filesystem::path images = std::filesystem::path(CTNN_TESTS_DIR) / "images";

GrayImage read_bytes(const test::temporary_folder& folder, std::string_view bytes) {
  test::write(folder / "file", bytes);
  return read_image(folder / "file");
}

test::caught error_of_bytes(const test::temporary_folder& folder, std::string_view bytes) {
  return test::error_of([&] { read_bytes(folder, bytes); });
}

bool is_bad_data(const test::caught& error) {
  return error.code == ctnn::ErrorCode::bad_data && error.is_one_line();
}

std::string big_endian(std::uint32_t value) {
  std::string bytes;
  for (int shift : {24, 16, 8, 0}) bytes += static_cast<char>(value >> shift & 255);
  return bytes;
}

long peak_kilobytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

} // namespace

TEST_CASE("every format holds the same digit") {
  const GrayImage digit = read_image(images / "digit.pgm");
  REQUIRE(digit.rows == 28);
  REQUIRE(digit.cols == 28);
  REQUIRE(digit.pixels.size() == 28 * 28);
  REQUIRE(digit.pixels[0] == 0);
  REQUIRE(std::ranges::max(digit.pixels) == 255);

  const auto* name =
      GENERATE("digit.png", "digit.bmp", "digit_rgb.png", "digit_rgb.bmp", "digit_rgb.ppm",
               "digit_palette.png", "digit_16bit.png", "digit_16bit.pgm", "digit_text.pgm");
  CAPTURE(name);
  CHECK(read_image(images / name) == digit);
}

TEST_CASE("a JPEG is close to the digit") {
  const GrayImage digit = read_image(images / "digit.pgm");
  const auto* name = GENERATE("digit.jpg", "digit_rgb.jpg", "digit_progressive.jpg");
  CAPTURE(name);
  const GrayImage image = read_image(images / name);
  REQUIRE(image.rows == digit.rows);
  REQUIRE(image.cols == digit.cols);
  for (std::size_t i = 0; i < digit.pixels.size(); ++i)
    CHECK(std::abs(image.pixels[i] - digit.pixels[i]) < 24);
}

TEST_CASE("a picture is upright however the camera was held") {
  const GrayImage scene = read_image(images / "turned_1.jpg");
  REQUIRE(scene.rows == 20);
  REQUIRE(scene.cols == 28);
  const int orientation = GENERATE(2, 3, 4, 5, 6, 7, 8);
  CAPTURE(orientation);
  const std::string name = "turned_" + std::to_string(orientation) + ".jpg";
  const GrayImage image = read_image(images / name);
  REQUIRE(image.rows == scene.rows);
  REQUIRE(image.cols == scene.cols);
  for (std::size_t i = 0; i < scene.pixels.size(); ++i)
    CHECK(std::abs(image.pixels[i] - scene.pixels[i]) < 12);

  // Of the other byte order, and of nonsense.
  const test::temporary_folder folder;
  std::string jpeg = test::read(images / name);
  const std::size_t exif = jpeg.find(std::string("Exif\0\0MM", 8));
  REQUIRE(exif != std::string::npos);
  const std::size_t tiff = exif + 6, entry = tiff + 10;
  REQUIRE(jpeg.substr(entry, 2) == std::string("\x01\x12", 2));
  std::string little = jpeg;
  little.replace(tiff, 10, std::string("II*\0\x08\0\0\0\x01\0", 10));
  little.replace(entry, 12,
                 std::string("\x12\x01\x03\0\x01\0\0\0", 8) + static_cast<char>(orientation) +
                     std::string(3, '\0'));
  CHECK(read_bytes(folder, little) == image);
  jpeg.replace(tiff + 4, 4, "\xff\xff\xff\xff");
  CHECK(read_bytes(folder, jpeg).pixels.size() == scene.pixels.size());
}

TEST_CASE("one bit is black or white") {
  GrayImage digit = read_image(images / "digit.pgm");
  for (std::uint8_t& pixel : digit.pixels) pixel = pixel > 127 ? 255 : 0;
  CHECK(read_image(images / "digit_1bit.png") == digit);
}

TEST_CASE("what is transparent lies on white") {
  const GrayImage dark = read_image(images / "digit_dark.png");
  CHECK(dark.pixels[0] == 255);
  CHECK(read_image(images / "digit_dark_on_transparent.png") == dark);
}

TEST_CASE("colours become the same grey in every format") {
  const std::vector<std::uint8_t> luma{0, 76, 149, 28, 255, 124, 1, 34};
  const auto* name = GENERATE("colours.png", "colours.bmp", "colours.ppm", "colours_text.ppm");
  CAPTURE(name);
  const GrayImage image = read_image(images / name);
  CHECK(image.rows == 2);
  CHECK(image.cols == 4);
  CHECK(image.pixels == luma);
}

TEST_CASE("a PGM may have comments and any maximum") {
  const test::temporary_folder folder;
  const GrayImage expected{1, 3, {0, 119, 255}};
  CHECK(read_bytes(folder, "P2 # a\n#b\n3\t1 # c\n15 0 7\n15") == expected);
  CHECK(read_bytes(folder, {"P5\n3 1\n15\n\x00\x07\x0f", 13}) == expected);
  CHECK(read_bytes(folder, {"P5 3 1 300\n\x00\x00\x00\x8c\x01\x2c", 17}) == expected);
}

TEST_CASE("what is not an image is named") {
  const test::temporary_folder folder;
  const auto says = [&](const test::caught& error, std::string_view text) {
    CAPTURE(error.message);
    CHECK(is_bad_data(error));
    CHECK(error.says(text));
  };
  says(test::error_of([&] { read_image(folder / "none.png"); }), "none.png: cannot read: No such");
  says(test::error_of([&] { read_image(folder.path()); }), "found a directory");
  says(error_of_bytes(folder, ""), "expected PNG, JPEG, BMP, PGM or PPM, found an empty file");
  says(error_of_bytes(folder, "P4 1 1\n\x80"), "found none of their signatures");
  says(error_of_bytes(folder, "P5 0 3 255\n"), "0x3 pixels, expected at least 1x1");
  says(error_of_bytes(folder, "P5 1 1 0\n\x01"), "maximum grey value 0, expected 1 to 65535");
  says(error_of_bytes(folder, "P2 1 1 9 10"), "pixel value 10, expected at most 9");
  says(error_of_bytes(folder, "P2 1 -1 9 1"), "byte 5: expected a number, found byte 0x2d");
  says(error_of_bytes(folder, "P2 99999999999 1 9 1"), "byte 3: expected a number");
  says(error_of_bytes(folder, {"P5 2 1 255\n\x01", 12}), "truncated: expected more than its 12");
}

TEST_CASE("a BMP may be stored from the top") {
  const test::temporary_folder folder;
  std::string bmp = test::read(images / "digit_rgb.bmp");
  const trainer::GrayImage up = trainer::read_image(images / "digit_rgb.bmp");
  std::int32_t height = 0; // negative in such a file
  std::memcpy(&height, bmp.data() + 22, sizeof height);
  height = -height;
  std::memcpy(bmp.data() + 22, &height, sizeof height);
  test::write(folder / "top.bmp", bmp);
  const trainer::GrayImage down = trainer::read_image(folder / "top.bmp");
  REQUIRE(down.rows == up.rows);
  REQUIRE(down.cols == up.cols);
  for (std::size_t row = 0; row < up.rows; ++row)
    CHECK(std::equal(up.pixels.begin() + static_cast<std::ptrdiff_t>(row * up.cols),
                     up.pixels.begin() + static_cast<std::ptrdiff_t>((row + 1) * up.cols),
                     down.pixels.begin() +
                         static_cast<std::ptrdiff_t>((up.rows - 1 - row) * up.cols)));
}

TEST_CASE("a header that claims a huge image is refused before memory is taken") {
  const test::temporary_folder folder;
  std::string png = test::read(images / "digit.png"), bmp = test::read(images / "digit_rgb.bmp");
  const long before = peak_kilobytes();

  CHECK(error_of_bytes(folder, "P5 60000 60000 255\n1").says("60000x60000 pixels"));
  CHECK(error_of_bytes(folder, "P2 60000 60000 255\n1").says("60000x60000 pixels"));
  CHECK(error_of_bytes(folder, "P6 4294967295 4294967295 255\n1").says("megapixels"));
  CHECK(error_of_bytes(folder, "P5 8000 8000 255\n1").says("truncated"));
  std::string jpeg = test::read(images / "digit_progressive.jpg");
  const std::size_t frame = jpeg.find("\xff\xc2"); // then length, bits, rows, cols
  REQUIRE(frame != std::string::npos);
  jpeg.replace(frame + 5, 4, "\x1f\x40\x1f\x40");
  CHECK(error_of_bytes(folder, jpeg).says("truncated"));
  jpeg.replace(frame + 5, 4, std::string("\xff\0\xff\0", 4));
  CHECK(error_of_bytes(folder, jpeg).says("65280x65280 pixels"));
  for (const std::uint32_t side : {60'000u, 10'000u, 0x7fff'ffffu, 0xffff'ffffu}) {
    png.replace(16, 8, big_endian(side) + big_endian(side));
    CAPTURE(side);
    CHECK(is_bad_data(error_of_bytes(folder, png)));
    std::string little = big_endian(side);
    std::ranges::reverse(little);
    bmp.replace(18, 8, little + little);
    CHECK(is_bad_data(error_of_bytes(folder, bmp)));
  }
  CHECK(peak_kilobytes() - before < 50'000);
}

TEST_CASE("no truncated file is taken for an image") {
  const auto* name =
      GENERATE("digit.png", "digit_rgb.png", "digit_1bit.png", "digit.jpg", "digit_progressive.jpg",
               "colours.bmp", "digit.pgm", "colours.ppm", "colours_text.ppm");
  CAPTURE(name);
  const test::temporary_folder folder;
  const std::string whole = test::read(images / name);
  // The text ends in "255\n", of which "2" is a number too. A JPEG's end mark alone may be missing.
  const std::size_t spare = whole[1] == '3' ? 3 : whole[0] == '\xff' ? 2 : 0;
  for (std::size_t size = 0; size + spare < whole.size(); ++size) {
    CAPTURE(size);
    CHECK(is_bad_data(error_of_bytes(folder, whole.substr(0, size))));
  }
}

TEST_CASE("no damaged bit of a PNG goes unnoticed") {
  const auto* name = GENERATE("digit.png", "digit_1bit.png", "digit_dark_on_transparent.png");
  CAPTURE(name);
  const test::temporary_folder folder;
  const std::string whole = test::read(images / name);
  for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
    std::string damaged = whole;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ 1 << bit % 8);
    CAPTURE(bit);
    CHECK(is_bad_data(error_of_bytes(folder, damaged)));
  }
}

namespace {

std::string chunk(std::string_view type, const std::string& data) {
  const std::string summed = std::string(type) + data;
  return big_endian(static_cast<std::uint32_t>(data.size())) + summed +
         big_endian(static_cast<std::uint32_t>(::crc32(
             0, reinterpret_cast<const Bytef*>(summed.data()), static_cast<uInt>(summed.size()))));
}

/// One grey pixel, 0x80, in a zlib stream of a stored block, as `pieces` cut it.
std::string png_of(const std::vector<std::string>& pieces) {
  std::string png = "\x89PNG\r\n\x1a\n";
  png += chunk("IHDR", big_endian(1) + big_endian(1) + std::string("\x08\0\0\0\0", 5));
  for (const std::string& piece : pieces) png += chunk("IDAT", piece);
  return png + chunk("IEND", "");
}

} // namespace

TEST_CASE("the sum of a PNG's pixels is looked at, where each chunk's is right") {
  const test::temporary_folder folder;
  const std::string stored("\x78\x01\x01\x02\x00\xfd\xff\x00\x80", 9);
  const std::string adler = big_endian(0x0082'0081); // of 0x00 0x80: 1 + 0x80, and 1 + 1 + 0x80
  const GrayImage pixel{1, 1, {0x80}};
  CHECK(read_bytes(folder, png_of({stored + adler})) == pixel);
  CHECK(read_bytes(folder, png_of({stored, "", adler.substr(0, 1), adler.substr(1)})) == pixel);
  const auto says = [&](const std::vector<std::string>& pieces, std::string_view text) {
    const test::caught error = error_of_bytes(folder, png_of(pieces));
    CAPTURE(error.message);
    CHECK(is_bad_data(error));
    CHECK(error.says(text));
  };
  says({stored + big_endian(0x0082'0082)},
       "cannot decode, expected a sound image, found: incorrect data check");
  says({stored + adler.substr(0, 3)}, "truncated");
  says({stored}, "truncated");
  says({}, "truncated");
  says({std::string("\x78\x9c\x07", 3) + std::string(4, '\0')}, "invalid block type");
  says({std::string("\x79\x9c\x07", 3)}, "incorrect header check");
}

TEST_CASE("more pixels than a PNG's header says are not unpacked without end") {
  // 1.1 GiB of zeros, 5 MB of zlib: more than any image of 64 megapixels has.
  z_stream stream{};
  REQUIRE(deflateInit(&stream, Z_BEST_SPEED) == Z_OK);
  std::vector<Bytef> zeros(1 << 20), out(1 << 20);
  std::string packed;
  stream.next_in = zeros.data();
  for (int rest = 1100; rest > 0 || stream.avail_out == 0;) {
    if (stream.avail_in == 0 && rest-- > 0) {
      stream.next_in = zeros.data();
      stream.avail_in = static_cast<uInt>(zeros.size());
    }
    stream.next_out = out.data();
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, rest > 0 ? Z_NO_FLUSH : Z_FINISH);
    packed.append(out.begin(), out.end() - stream.avail_out);
  }
  deflateEnd(&stream);
  const test::temporary_folder folder;
  const long before = peak_kilobytes();
  const test::caught error = error_of_bytes(folder, png_of({packed}));
  CHECK(is_bad_data(error));
  CHECK(error.says("more pixels than an image of 64 megapixels has"));
  CHECK(peak_kilobytes() - before < 50'000);
}

TEST_CASE("a damaged bit gives an image or an error") {
  const auto* name = GENERATE("digit.jpg", "digit_progressive.jpg", "turned_6.jpg", "colours.bmp",
                              "colours.ppm", "colours_text.ppm");
  CAPTURE(name);
  const test::temporary_folder folder;
  const std::string whole = test::read(images / name);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 1 << at % 8);
    CAPTURE(at);
    try {
      const GrayImage image = read_bytes(folder, damaged);
      CHECK(image.pixels.size() == image.rows * image.cols);
    } catch (const ctnn::Error& error) {
      CHECK(is_bad_data({error.what(), error.code}));
    }
  }
}
