// like_mnist: the same 28x28 image whatever the size, place, polarity and light of the picture.

#include "trainer/image/image_file.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <sys/resource.h>

#include "io/files.hpp"
#include "support/catch.hpp"

using trainer::GrayImage;

namespace {

GrayImage image_of(const GrayImage& image, std::size_t rows, std::size_t cols,
                   std::string_view name = "image") {
  return trainer::like_mnist(image, rows, cols, name).image;
}

GrayImage mnist_digit() {
  return trainer::read_image(std::filesystem::path(CTNN_TESTS_DIR) / "images/digit.pgm");
}

GrayImage blank(std::size_t rows, std::size_t cols, std::uint8_t value = 0) {
  return {rows, cols, std::vector<std::uint8_t>(rows * cols, value)};
}

/// `digit`, each pixel times x times, at (top, left) of a black page.
GrayImage page(const GrayImage& digit, std::size_t times, std::size_t rows, std::size_t cols,
               std::size_t top, std::size_t left) {
  GrayImage result = blank(rows, cols);
  for (std::size_t y = 0; y < digit.rows * times; ++y)
    for (std::size_t x = 0; x < digit.cols * times; ++x)
      result.pixels[(top + y) * cols + left + x] = digit.pixels[y / times * digit.cols + x / times];
  return result;
}

GrayImage inverted(GrayImage image) {
  for (std::uint8_t& pixel : image.pixels) pixel = static_cast<std::uint8_t>(255 - pixel);
  return image;
}

void fill(GrayImage& image, std::size_t top, std::size_t left, std::size_t rows, std::size_t cols,
          std::uint8_t value = 255) {
  for (std::size_t y = top; y < top + rows; ++y)
    for (std::size_t x = left; x < left + cols; ++x) image.pixels[y * image.cols + x] = value;
}

double mean_difference(const GrayImage& a, const GrayImage& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i) sum += std::abs(a.pixels[i] - b.pixels[i]);
  return sum / static_cast<double>(a.pixels.size());
}

struct Measures {
  double y = 0, x = 0;            ///< centre of mass
  std::size_t rows = 0, cols = 0; ///< of the box of all ink
};

Measures measure(const GrayImage& image) {
  Measures m;
  double mass = 0;
  std::size_t top = image.rows, left = image.cols, bottom = 0, right = 0;
  for (std::size_t y = 0; y < image.rows; ++y)
    for (std::size_t x = 0; x < image.cols; ++x) {
      const std::uint8_t pixel = image.pixels[y * image.cols + x];
      if (pixel == 0) continue;
      mass += pixel;
      m.y += static_cast<double>(y * pixel);
      m.x += static_cast<double>(x * pixel);
      top = std::min(top, y), bottom = std::max(bottom, y + 1);
      left = std::min(left, x), right = std::max(right, x + 1);
    }
  return {m.y / mass, m.x / mass, bottom - top, right - left};
}

} // namespace

TEST_CASE("an image of MNIST stays as it is") {
  const GrayImage digit = mnist_digit();
  CHECK(image_of(digit, 28, 28) == digit);
  GrayImage faint_corner = digit; // a digit off its place is still the data set's own
  faint_corner.pixels[0] = 9;
  CHECK(image_of(faint_corner, 28, 28) == faint_corner);
}

TEST_CASE("an enlarged digit is reduced to itself on any page") {
  const GrayImage digit = mnist_digit();
  const auto times = GENERATE(as<std::size_t>{}, 1, 2, 3, 10);
  const bool dark_ink = GENERATE(false, true);
  CAPTURE(times, dark_ink);
  for (const auto& [rows, cols, top, left] :
       {std::array<std::size_t, 4>{28 * times, 28 * times, 0, 0},
        {700, 500, 300, 170},
        {290, 1000, 3, 710}}) {
    GrayImage picture = page(digit, times, rows, cols, top, left);
    if (dark_ink) picture = inverted(picture);
    const GrayImage result = image_of(picture, 28, 28);
    CAPTURE(rows, cols);
    CHECK(mean_difference(result, digit) < 2);
  }
}

TEST_CASE("uneven light and noise change little") {
  const GrayImage digit = mnist_digit();
  const bool dark_ink = GENERATE(true, false);
  CAPTURE(dark_ink);
  GrayImage picture = page(digit, 6, 300, 400, 90, 200);
  std::minstd_rand random(1);
  for (std::size_t y = 0; y < picture.rows; ++y)
    for (std::size_t x = 0; x < picture.cols; ++x) {
      std::uint8_t& pixel = picture.pixels[y * picture.cols + x];
      const double v = static_cast<double>(y) / 150 - 1, u = static_cast<double>(x) / 200 - 1;
      // The corners have less than half of the light, so the paper there is as dark as ink is in
      // the middle; sums of four give bell-shaped noise, deviation 5.
      const double light = (1 - 0.25 * (v * v + u * u)) * (1 + 0.1 * u);
      const double ink = pixel / 255.0;
      double noise = 0;
      for (int k = 0; k < 4; ++k) noise += static_cast<double>(random() % 1000) / 1000 - 0.5;
      const double value = (dark_ink ? 220 - 140 * ink : 90 + 110 * ink) * light + 8.7 * noise;
      pixel = static_cast<std::uint8_t>(std::clamp(value, 0.0, 255.0));
    }
  CHECK(mean_difference(image_of(picture, 28, 28), digit) < 6);
}

TEST_CASE("a photograph gives the digit that its strokes alone give") {
  const auto* name =
      GENERATE("lined_paper_8", "framed_4", "squared_pencil_5", "chalk_board_3", "shadow_edge_6",
               "shadow_edge_2", "sheet_on_table_9", "sheet_on_table_0", "phone_7", "phone_4");
  CAPTURE(name);
  const std::filesystem::path images = std::filesystem::path(CTNN_TESTS_DIR) / "images";
  const auto read = [&](const std::string& file) {
    const trainer::Digit digit = trainer::like_mnist(trainer::read_image(images / file), 28, 28);
    CHECK(digit.seen == 1);
    return digit.image;
  };
  const GrayImage photo = read("photo_" + std::string(name) + ".jpg");
  const GrayImage clean = read("clean_" + std::string(name) + ".png");
  CHECK(mean_difference(photo, clean) < 15); // of the same stroke, moved by a pixel at most
  const Measures found = measure(photo), expected = measure(clean);
  CHECK(std::abs(found.y - expected.y) < 1);
  CHECK(std::abs(found.x - expected.x) < 1);
  CHECK(std::abs(static_cast<int>(found.rows) - static_cast<int>(expected.rows)) <= 1);
  CHECK(std::abs(static_cast<int>(found.cols) - static_cast<int>(expected.cols)) <= 1);
}

TEST_CASE("a fat ring is a digit, and no sheet with a hole in it") {
  const bool dark_ink = GENERATE(false, true);
  GrayImage picture = blank(300, 300);
  for (std::size_t y = 0; y < 300; ++y)
    for (std::size_t x = 0; x < 300; ++x) {
      const double v = (static_cast<double>(y) - 150) / 120,
                   u = (static_cast<double>(x) - 150) / 100;
      const double far = v * v + u * u;
      if (far < 1 && far > 0.06) picture.pixels[y * 300 + x] = 255;
    }
  const Measures m = measure(image_of(dark_ink ? inverted(picture) : picture, 28, 28));
  CHECK(m.rows == 20);
  CHECK(m.cols == 17);
}

TEST_CASE("a bar is a digit, and no empty sheet") {
  GrayImage picture = blank(200, 200, 255);
  fill(picture, 30, 70, 140, 60, 0);
  const Measures m = measure(image_of(picture, 28, 28));
  CHECK(m.rows == 20);
  CHECK(m.cols == 9);
}

TEST_CASE("digits beside and above each other are counted") {
  const GrayImage digit = mnist_digit();
  const auto seen = [](const GrayImage& picture) {
    return trainer::like_mnist(inverted(picture), 28, 28).seen;
  };
  const auto both = [](GrayImage a, const GrayImage& b) {
    std::ranges::transform(a.pixels, b.pixels, a.pixels.begin(),
                           [](std::uint8_t x, std::uint8_t y) { return std::max(x, y); });
    return a;
  };
  const GrayImage one = page(digit, 5, 400, 600, 20, 20);
  CHECK(seen(one) == 1);
  const GrayImage two = both(one, page(digit, 4, 400, 600, 30, 180));
  CHECK(seen(two) == 2);
  CHECK(seen(both(two, page(digit, 5, 400, 600, 15, 400))) == 3);
  CHECK(seen(both(one, page(digit, 5, 400, 600, 200, 30))) == 2);

  GrayImage specks = one;
  for (std::size_t k = 0; k < 20; ++k) fill(specks, 300 + k % 4 * 20, 20 + k * 25, 4, 4);
  CHECK(seen(specks) == 1);
  GrayImage five = blank(400, 400); // its bar is not joined, as in many a 5
  fill(five, 50, 120, 25, 150);
  fill(five, 90, 110, 230, 40);
  fill(five, 180, 110, 30, 160);
  CHECK(seen(five) == 1);
}

TEST_CASE("dust is not part of the digit but a detached bar is") {
  GrayImage picture = page(mnist_digit(), 5, 400, 400, 200, 200);
  const GrayImage clean = image_of(picture, 28, 28);
  fill(picture, 20, 30, 4, 4);
  fill(picture, 390, 7, 2, 9);
  CHECK(image_of(picture, 28, 28) == clean);

  GrayImage two_parts = blank(200, 100);
  fill(two_parts, 20, 30, 10, 40);
  fill(two_parts, 40, 30, 140, 40);
  const Measures m = measure(image_of(two_parts, 28, 28));
  CHECK(m.rows == 20);
  CHECK(m.cols == 5);
}

TEST_CASE("the box is 20 of 28 and keeps its aspect") {
  const auto [rows, cols, high, wide] = GENERATE(
      std::array<std::size_t, 4>{80, 40, 20, 10}, std::array<std::size_t, 4>{40, 80, 10, 20},
      std::array<std::size_t, 4>{300, 300, 20, 20}, std::array<std::size_t, 4>{10, 5, 20, 10},
      std::array<std::size_t, 4>{200, 1, 20, 1}, std::array<std::size_t, 4>{3, 100, 1, 20});
  CAPTURE(rows, cols);
  GrayImage picture = blank(500, 700);
  fill(picture, 7, 300, rows, cols);
  const Measures m = measure(image_of(picture, 28, 28));
  CHECK(m.rows == high);
  CHECK(m.cols == wide);
}

TEST_CASE("the box follows the size of the network's input") {
  GrayImage picture = blank(100, 100);
  fill(picture, 30, 30, 40, 40);
  const GrayImage large = image_of(picture, 56, 56);
  CHECK(large.rows == 56);
  CHECK(measure(large).rows == 40);
  const Measures flat = measure(image_of(picture, 28, 84));
  CHECK(flat.rows == 20);
  CHECK(flat.cols == 20);
}

TEST_CASE("the centre of mass is on pixel 14 within half a pixel") {
  GrayImage picture = blank(300, 200); // an L
  fill(picture, 50, 50, 150, 20);
  fill(picture, 180, 50, 20, 90);
  const Measures m = measure(image_of(picture, 28, 28));
  CHECK(std::abs(m.y - 14) <= 0.5);
  CHECK(std::abs(m.x - 14) <= 0.5);
}

TEST_CASE("faint ink and thin pens become white") {
  GrayImage faint = blank(100, 100, 150);
  fill(faint, 20, 40, 60, 20, 140);
  CHECK(std::ranges::max(image_of(faint, 28, 28).pixels) == 255);
  GrayImage thin = blank(600, 600);
  fill(thin, 100, 300, 400, 2);
  CHECK(std::ranges::max(image_of(thin, 28, 28).pixels) == 255);
}

TEST_CASE("a page without ink is an error") {
  const auto side = GENERATE(1, 28, 500);
  const auto value = static_cast<std::uint8_t>(GENERATE(0, 77, 255));
  const auto size = static_cast<std::size_t>(side);
  const test::caught error =
      test::error_of([&] { image_of(blank(size, size, value), 28, 28, "a.png"); });
  CHECK(error.code == ctnn::ErrorCode::bad_data);
  CHECK(error.message == "a.png: holds no digit: all pixels are alike");
}

TEST_CASE("noise is no ink") {
  GrayImage picture = blank(200, 300);
  std::minstd_rand random(2);
  for (std::uint8_t& pixel : picture.pixels)
    pixel = static_cast<std::uint8_t>(190 + (random() + random() + random()) % 20);
  const test::caught error = test::error_of([&] { image_of(picture, 28, 28, "a.png"); });
  CHECK(error.code == ctnn::ErrorCode::bad_data);
  CHECK(error.message == "a.png: holds no digit: nothing stands out from the paper");
}

TEST_CASE("any size of picture gives an image of the wanted size") {
  const auto [rows, cols] =
      GENERATE(std::array<std::size_t, 2>{1, 2}, std::array<std::size_t, 2>{2, 1},
               std::array<std::size_t, 2>{2, 2}, std::array<std::size_t, 2>{3, 3},
               std::array<std::size_t, 2>{1, 5000}, std::array<std::size_t, 2>{5000, 1},
               std::array<std::size_t, 2>{8, 8}, std::array<std::size_t, 2>{28, 27});
  CAPTURE(rows, cols);
  GrayImage picture = blank(rows, cols, 255);
  picture.pixels[picture.pixels.size() / 2] = 0;
  const GrayImage result = image_of(picture, 28, 28);
  CHECK(result.rows == 28);
  CHECK(result.cols == 28);
  CHECK(result.pixels.size() == 28 * 28);
  CHECK(std::ranges::max(result.pixels) == 255);
}

TEST_CASE("a fine pattern is one thing or the other") {
  GrayImage picture = blank(600, 512);
  for (std::size_t i = 0; i < picture.pixels.size(); i += 2) picture.pixels[i] = 200;
  const Measures m = measure(image_of(picture, 28, 28));
  CHECK(m.rows == 20);
  CHECK(m.cols == 17);
}

TEST_CASE("a camera's picture needs little memory") {
  const GrayImage digit = mnist_digit();
  const GrayImage picture = inverted(page(digit, 40, 3000, 4000, 1500, 700));
  const auto peak_kilobytes = [] {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
  };
  const long before = peak_kilobytes();
  CHECK(mean_difference(image_of(picture, 28, 28), digit) < 2);
  CHECK(peak_kilobytes() - before < 60'000);
}
