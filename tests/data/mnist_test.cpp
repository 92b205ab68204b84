// Data sets that fit together, and folders that hold them in one of the usual spellings.

#include <numeric>

#include <ctnn/data/mnist.hpp>

#include "io/files.hpp"
#include "support/catch.hpp"

using ctnn::ErrorCode;
using ctnn::ImageDataset;

namespace {

ctnn::io::IdxImages images(std::size_t count, std::size_t rows, std::size_t cols) {
  ctnn::io::IdxImages images{count, rows, cols, std::vector<std::uint8_t>(count * rows * cols)};
  std::iota(images.pixels.begin(), images.pixels.end(), std::uint8_t{0});
  return images;
}

/// The two files of a split: three 2x2 images, labels 2 0 1.
const std::string image_file("\0\0\x08\x03\0\0\0\x03\0\0\0\x02\0\0\0\x02"
                             "\0\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\xff",
                             28);
const std::string label_file("\0\0\x08\x01\0\0\0\x03\x02\0\x01", 11);

test::caught load_error(const std::filesystem::path& folder) {
  return test::error_of([&] { ctnn::load_mnist(folder, ctnn::Split::train, 3, {1, 2, 2}); });
}

} // namespace

TEST_CASE("pixels are normalised as torchvision does it") {
  // Values from PyTorch 1.13: arange(256).to(float32).div(255).sub(0.1307).div(0.3081).
  const ImageDataset data(images(256, 1, 1), {std::vector<std::uint8_t>(256)}, 10, {1, 1, 1});
  const struct {
    std::size_t pixel;
    float value;
  } rows[] = {{0, -0x1.b264e2p-2f},  {1, -0x1.a55c4p-2f},   {33, -0x1.12054ep-8f},
              {128, 0x1.347af4p+0f}, {254, 0x1.678566p+1f}, {255, 0x1.69267ap+1f}};
  for (const auto& row : rows) {
    float value = 0;
    double wide = 0;
    data.read(row.pixel, &value);
    data.read(row.pixel, &wide);
    CHECK(value == row.value);
    CHECK(wide == double{row.value});
  }
}

TEST_CASE("images are read by index and written nowhere else") {
  const ImageDataset data(images(3, 2, 5), {{4, 5, 6}}, 7, {1, 2, 5}, {0.0f, 1.0f});
  CHECK(data.size() == 3);
  CHECK(data.rows() == 2);
  CHECK(data.cols() == 5);
  CHECK(data.label(2) == 6);
  float out[11] = {};
  out[10] = 42;
  data.read(1, out);
  for (std::size_t i = 0; i < 10; ++i) CHECK(out[i] == static_cast<float>(10 + i) / 255.0f);
  CHECK(out[10] == 42);
}

TEST_CASE("truncate keeps the first samples") {
  ImageDataset data(images(3, 1, 1), {{4, 5, 6}}, 7, {1, 1, 1});
  data.truncate(5);
  CHECK(data.size() == 3);
  data.truncate(2);
  CHECK(data.size() == 2);
  CHECK(data.label(1) == 5);
  const auto error = test::error_of([&] { data.truncate(0); });
  CHECK(error.code == ErrorCode::bad_argument);
  CHECK(error.says("ImageDataset::truncate: expected to keep at least 1 sample, found 0"));
  CHECK(data.size() == 2);
}

TEST_CASE("split_off takes the last samples into a set of their own") {
  ImageDataset data(images(3, 1, 2), {{4, 5, 6}}, 7, {1, 1, 2}, {0.0f, 1.0f});
  const ImageDataset last = data.split_off(2);
  CHECK(data.size() == 1);
  CHECK(last.size() == 2);
  CHECK(data.label(0) == 4);
  CHECK(last.label(0) == 5);
  CHECK(last.label(1) == 6);
  CHECK(data.pixels(0).size() == 2);
  CHECK(last.pixels(1).size() == 2);
  float x[2] = {};
  last.read(1, x); // normalised as before
  CHECK(x[0] == 4.0f / 255.0f);
  CHECK(x[1] == 5.0f / 255.0f);
  for (const std::size_t count : {0u, 1u, 2u}) {
    const auto error = test::error_of([&] { data.split_off(count); });
    CHECK(error.code == ErrorCode::bad_argument);
    CHECK(error.says(
        "ImageDataset::split_off: expected at least 1 and fewer than the 1 samples, found "));
  }
  CHECK(data.size() == 1);
}

TEST_CASE("images and labels that do not fit together are refused") {
  const struct {
    ctnn::io::IdxImages images;
    std::vector<std::uint8_t> labels;
    ctnn::Shape shape;
    const char* says;
  } rows[] = {
      {images(3, 2, 2),
       {0, 1, 10},
       {1, 2, 2},
       "L: label 10 at index 2 (byte 10), network has 10 classes"},
      {images(3, 2, 2),
       {255, 1, 10},
       {1, 2, 2},
       "L: label 255 at index 0 (byte 8), network has 10"},
      {images(3, 2, 2), {0, 1}, {1, 2, 2}, "L: 2 labels, but I has 3 images"},
      {images(3, 2, 2), {0, 1, 2, 3}, {1, 2, 2}, "L: 4 labels, but I has 3 images"},
      {images(3, 2, 2), {}, {1, 2, 2}, "L: 0 labels, but I has 3 images"},
      {images(0, 2, 2), {}, {1, 2, 2}, "I: holds no images, expected at least 1"},
      {images(3, 27, 28), {0, 1, 2}, {1, 28, 28}, "I: images of 1x27x28, network takes 1x28x28"},
      {images(3, 28, 28), {0, 1, 2}, {3, 28, 28}, "I: images of 1x28x28, network takes 3x28x28"},
      {images(3, 0, 0), {0, 1, 2}, {1, 28, 28}, "I: images of 1x0x0, network takes 1x28x28"},
  };
  for (const auto& row : rows) {
    const auto error = test::error_of([&] {
      ImageDataset(row.images, {row.labels}, 10, row.shape, {}, {"I", "L"});
    });
    INFO(error.message);
    CHECK(error.code == ErrorCode::bad_data);
    CHECK(error.says(row.says));
  }
}

TEST_CASE("the files of each split are found in both spellings") {
  const struct {
    const char *images, *labels;
    ctnn::Split split;
  } rows[] = {
      {"train-images-idx3-ubyte", "train-labels-idx1-ubyte", ctnn::Split::train},
      {"train-images.idx3-ubyte", "train-labels.idx1-ubyte", ctnn::Split::train},
      {"t10k-images-idx3-ubyte", "t10k-labels.idx1-ubyte", ctnn::Split::test},
  };
  for (const auto& row : rows) {
    const test::temporary_folder folder;
    test::write(folder / row.images, image_file);
    test::write(folder / row.labels, label_file);
    const ImageDataset data =
        ctnn::load_mnist(folder.path(), row.split, 3, {1, 2, 2}, {0.0f, 1.0f});
    CHECK(data.size() == 3);
    CHECK(data.label(0) == 2);
    float out[4] = {};
    data.read(2, out);
    CHECK(out[3] == 1.0f);
  }
}

TEST_CASE("a folder without usable files says what is wrong with which file") {
  const test::temporary_folder folder;
  CHECK(load_error(folder.path()).says("train-images-idx3-ubyte: no such file, expected the four"));
  CHECK(load_error(folder / "none").says("none/train-images-idx3-ubyte: no such file"));

  test::write(folder / "train-images-idx3-ubyte.gz", "");
  CHECK(load_error(folder.path()).says("train-labels-idx1-ubyte: no such file, expected the four"));

  std::filesystem::create_directory(folder / "train-images-idx3-ubyte");
  test::write(folder / "train-labels-idx1-ubyte", image_file);
  CHECK(load_error(folder.path()).says("ubyte: cannot read: expected a regular file, found a dir"));

  std::filesystem::remove(folder / "train-images-idx3-ubyte");
  test::write(folder / "train-images-idx3-ubyte", label_file);
  CHECK(load_error(folder.path()).says("images-idx3-ubyte: a label file, expected images"));

  test::write(folder / "train-images-idx3-ubyte", image_file);
  CHECK(load_error(folder.path()).says("labels-idx1-ubyte: an image file, expected labels"));

  test::write(folder / "train-labels-idx1-ubyte",
              std::string("\0\0\x08\x01\0\0\0\x03\x02\x03\x01", 11));
  const auto error = load_error(folder.path());
  CHECK(error.code == ErrorCode::bad_data);
  CHECK(error.says("labels-idx1-ubyte: label 3 at index 1 (byte 9), network has 3 classes"));
}
