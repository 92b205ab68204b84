// IDX files: every length, every bit of the header, and every file that is something else.

#include <ctnn/data/idx.hpp>

#include "data/idx_bytes.hpp"
#include "io/files.hpp"
#include "support/catch.hpp"

using ctnn::ErrorCode;
using test::idx;
using test::to_bytes;

namespace {

const std::string images = idx(0x803, {3, 4, 5}, 60);
const std::string labels = idx(0x801, {7}, 7);

test::caught image_error(const std::string& bytes) {
  return test::error_of([&] { ctnn::io::parse_idx_images(to_bytes(bytes), "f"); });
}
test::caught label_error(const std::string& bytes) {
  return test::error_of([&] { ctnn::io::parse_idx_labels(to_bytes(bytes), "f"); });
}

} // namespace

TEST_CASE("whole IDX files parse") {
  const ctnn::io::IdxImages parsed = ctnn::io::parse_idx_images(to_bytes(images), "f");
  CHECK(parsed.count == 3);
  CHECK(parsed.rows == 4);
  CHECK(parsed.cols == 5);
  REQUIRE(parsed.pixels.size() == 60);
  for (std::size_t i = 0; i < 60; ++i) CHECK(parsed.pixels[i] == i);
  CHECK(ctnn::io::parse_idx_labels(to_bytes(labels), "f").labels ==
        std::vector<std::uint8_t>{0, 1, 2, 3, 4, 5, 6});
  CHECK(ctnn::io::parse_idx_images(to_bytes(idx(0x803, {0, 28, 28}, 0)), "f").count == 0);
  CHECK(ctnn::io::parse_idx_labels(to_bytes(idx(0x801, {0}, 0)), "f").labels.empty());
}

TEST_CASE("each shorter IDX file is reported as truncated with both sizes") {
  for (std::size_t size = 0; size < images.size(); ++size) {
    const auto error = image_error(images.substr(0, size));
    INFO(size << " " << error.message);
    CHECK(error.code == ErrorCode::bad_data);
    CHECK(error.message == (size < 16 ? "f: truncated: header is 16 bytes, file has "
                                      : "f: truncated: header says 3x4x5 = 76 bytes, file has ") +
                               std::to_string(size));
  }
  for (std::size_t size = 0; size < labels.size(); ++size) {
    const auto error = label_error(labels.substr(0, size));
    INFO(size << " " << error.message);
    CHECK(error.code == ErrorCode::bad_data);
    CHECK(error.says(size < 8 ? "truncated: header is 8 bytes, file has "
                              : "truncated: header says 7 = 15 bytes, file has "));
  }
}

TEST_CASE("each single bit flip of an IDX header is refused") {
  const auto flips = [](const std::string& file, std::size_t header, auto error_of) {
    for (std::size_t bit = 0; bit < header * 8; ++bit) {
      std::string flipped = file;
      flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
      const test::caught error = error_of(flipped);
      INFO("bit " << bit << ": " << error.message);
      CHECK(error.code == ErrorCode::bad_data);
      CHECK(error.is_one_line());
      const bool in_magic = bit < 32;
      const bool sizes =
          error.says("truncated: header says") || error.says("too long: header says");
      CHECK(sizes != in_magic);
    }
  };
  flips(images, 16, image_error); // 128 flips: every extent has other factors that are not 0
  flips(labels, 8, label_error);
}

TEST_CASE("what an IDX file really is gets said") {
  const struct {
    std::string bytes;
    const char* says;
  } rows[] = {
      {labels, "a label file, expected images; are the image and label files swapped?"},
      {"PK\x03\x04 and so on", "not an IDX file: a zip archive"},
      {"<!DOCTYPE html><html>", "not an IDX file: looks like an HTML"},
      {"GIF89a", "not an IDX file: magic number 0x47494638, expected 0x00000803"},
      {idx(0x03080000, {3, 4, 5}, 60), "magic number is little-endian, expected big"},
      {idx(0x0d03, {3, 4, 5}, 240), "IDX element type 0x0d, expected 0x08 (unsigned byte)"},
      {idx(0x0804, {3, 1, 4, 5}, 60), "IDX file of 4 dimensions, expected 3"},
      {idx(0x0800, {}, 60), "IDX file of 0 dimensions, expected 3"},
      {images + "x", "1 bytes too long: header says 3x4x5 = 76 bytes, file has 77"},
      {idx(0x803, {60000, 28, 28}, 0),
       "truncated: header says 60000x28x28 = 47040016 bytes, file has 16"},
      {idx(0x803, {0xffffffff, 0xffffffff, 0xffffffff}, 0),
       "header says 4294967295x4294967295x4294967295, which overflows 64 bits"},
      {idx(0x803, {0xffffffff, 0xffffffff, 1}, 0),
       "truncated: header says 4294967295x4294967295x1"},
      {idx(0x803, {0x80000000, 0x80000000, 4}, 0), "which overflows 64 bits"},
  };
  for (const auto& row : rows) {
    const auto error = image_error(row.bytes);
    INFO(error.message);
    CHECK(error.code == ErrorCode::bad_data);
    CHECK(error.says(row.says));
    CHECK(error.is_one_line());
  }
  CHECK(label_error(images).says("an image file, expected labels; are the image and label"));
  CHECK(label_error(labels + "x").says("1 bytes too long: header says 7 = 15 bytes, file has 16"));
}
