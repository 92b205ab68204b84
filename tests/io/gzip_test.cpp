// Gzip data in pieces of every size, in several members, cut short and damaged.

#include <ctnn/io/gzip.hpp>

#include "io/files.hpp"
#include "support/catch.hpp"
#include "support/gzip.hpp"

using ctnn::ErrorCode;
using test::gzip;
using test::to_bytes;

namespace {

/// Everything that `bytes` hold, read `piece` bytes at a time; every piece but the last is full.
std::string inflate(const std::string& bytes, std::size_t piece = 100) {
  const auto file = to_bytes(bytes);
  ctnn::io::GzipReader reader(file, "f", ErrorCode::bad_data);
  std::string text;
  for (bool more = true; more;) {
    std::string next(piece, '?');
    next.resize(reader.read(std::as_writable_bytes(std::span(next))));
    text += next;
    more = next.size() == piece;
  }
  std::byte none{};
  CHECK(reader.read(std::span(&none, 1)) == 0);
  return text;
}

test::caught error(const std::string& bytes) {
  return test::error_of([&] { inflate(bytes); });
}

std::string noise(std::size_t size) {
  std::string text(size, '\0');
  unsigned state = 1;
  for (char& c : text) c = static_cast<char>((state = state * 1664525u + 1013904223u) >> 24);
  return text;
}

/// A header with these flags and `fields`, then the deflate data and the sums of a plain one.
std::string with_fields(int flags, const std::string& fields) {
  std::string file = gzip("hello");
  file[3] = static_cast<char>(flags);
  return file.substr(0, 10) + fields + file.substr(10);
}

} // namespace

TEST_CASE("gzip data are known by their first two bytes") {
  CHECK(ctnn::io::is_gzip(to_bytes("\x1f\x8b")));
  CHECK(ctnn::io::is_gzip(to_bytes(gzip(""))));
  CHECK_FALSE(ctnn::io::is_gzip(to_bytes("")));
  CHECK_FALSE(ctnn::io::is_gzip(to_bytes("\x1f")));
  CHECK_FALSE(ctnn::io::is_gzip(to_bytes("\x8b\x1f")));
}

TEST_CASE("what was compressed is read back in pieces of any size") {
  const std::string texts[] = {"", "a", noise(1), noise(1000), std::string(100'000, 'z')};
  for (const std::string& text : texts)
    for (const int level : {0, 1, 9})
      for (const std::size_t piece : {1u, 2u, 7u, 1000u, 1'000'000u}) {
        INFO(text.size() << " bytes at level " << level << " in pieces of " << piece);
        CHECK((inflate(gzip(text, level), piece) == text));
      }
}

TEST_CASE("members in a row are read as one file as gunzip does") {
  CHECK(inflate(gzip("ab") + gzip("cde", 0) + gzip("f"), 2) == "abcdef");
  CHECK(inflate(gzip("") + gzip("") + gzip("a") + gzip("")) == "a");
  CHECK(inflate(gzip("") + gzip("")).empty());
}

TEST_CASE("the optional fields of a gzip header are skipped") {
  CHECK(inflate(with_fields(0x01, "")) == "hello");                             // "text"
  CHECK(inflate(with_fields(0x04, std::string("\x03\0abc", 5))) == "hello");    // extra field
  CHECK(inflate(with_fields(0x08, std::string("a name\0", 7))) == "hello");     // file name
  CHECK(inflate(with_fields(0x10, std::string("a comment\0", 10))) == "hello"); // comment
  CHECK(inflate(with_fields(0x18, std::string("n\0c\0", 4))) == "hello");       // both
  CHECK(error(with_fields(0x02, std::string("\x12\x34", 2))).says("header crc mismatch"));
}

TEST_CASE("each shorter gzip file is reported as truncated") {
  const std::string file = gzip(noise(50) + std::string(50, 'z'));
  for (std::size_t size = 2; size < file.size(); ++size) {
    const auto caught = error(file.substr(0, size));
    INFO(size);
    CHECK(caught.code == ErrorCode::bad_data);
    CHECK(caught.message ==
          "f: truncated gzip data: they do not end within " + std::to_string(size) + " bytes");
  }
}

TEST_CASE("no bit flip of a gzip file gives other data") {
  const std::string text = noise(30) + std::string(50, 'z');
  const std::string file = gzip(text);
  std::size_t accepted = 0;
  for (std::size_t bit = 0; bit < file.size() * 8; ++bit) {
    std::string flipped = file;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    std::string found;
    const auto caught = test::error_of([&] { found = inflate(flipped); });
    INFO("bit " << bit << ": " << caught.message);
    if (!caught.code) {
      ++accepted;
      REQUIRE((found == text));
    } else {
      REQUIRE(caught.code == ErrorCode::bad_data);
      REQUIRE(caught.is_one_line());
    }
  }
  // Of the header: "text", time (32 bits), compressor's hints (8), system (8).
  CHECK(accepted >= 49);
  CHECK(accepted <= 60);
}

TEST_CASE("damaged gzip data are refused in the words of what is wrong") {
  const auto with = [](std::size_t from_end, char value) {
    std::string file = gzip("hello");
    file[file.size() - from_end] = value;
    return file;
  };
  const std::string header(gzip("").substr(0, 10));
  const struct {
    std::string bytes;
    const char* message;
  } rows[] = {
      {"", "f: truncated gzip data: they do not end within 0 bytes"},
      {with(8, '!'), "f: damaged gzip data before byte 21: incorrect data check"},
      {with(4, '!'), "f: damaged gzip data before byte 25: incorrect length check"},
      {"\x1f\x8b\x07" + gzip("a").substr(3),
       "f: damaged gzip data before byte 4: unknown compression method"},
      {with_fields(0x20, ""), "f: damaged gzip data before byte 4: unknown header flags set"},
      {with_fields(0xe0, ""), "f: damaged gzip data before byte 4: unknown header flags set"},
      {"hello gzip", "f: damaged gzip data before byte 2: incorrect header check"},
      {"x\x9c and the rest of a zlib stream", "incorrect header check"},
      {header + "\x07 invalid", "invalid block type"},
      {header + std::string("\x01\x01\x00\x00\x00", 5), "invalid stored block lengths"},
      {header + "\xff\xff\xff\xff\xff\xff", "invalid block type"},
      {header + "\xfd\xff\xff\xff\xff\xff", "too many length or distance symbols"},
      {gzip("a") + "x", "f: 1 bytes after the gzip data, expected none"},
      {gzip("a") + "\x1f", "f: 1 bytes after the gzip data, expected none"},
      {gzip("a") + std::string(512, '\0'), "f: 512 bytes after the gzip data, expected none"},
      {gzip("a") + "plain text", "f: 10 bytes after the gzip data, expected none"},
      {gzip("a") + "\x1f\x8b", "truncated gzip data: they do not end within 23 bytes"},
      {gzip("a") + gzip("b").substr(0, 15), "truncated gzip data"},
      {gzip("a") + with(8, '!'), "incorrect data check"},
  };
  for (const auto& row : rows) {
    const auto caught = error(row.bytes);
    INFO(caught.message);
    INFO(row.message);
    CHECK(caught.code == ErrorCode::bad_data);
    CHECK(caught.says(row.message));
    CHECK(caught.is_one_line());
  }
}

TEST_CASE("the reader throws with the exit code it was given") {
  const std::byte none[1]{};
  std::byte out{};
  ctnn::io::GzipReader reader(std::span(none, 0), "two\nlines", ErrorCode::bad_checkpoint);
  const auto caught = test::error_of([&] { reader.read(std::span(&out, 1)); });
  CHECK(caught.code == ErrorCode::bad_checkpoint);
  CHECK(caught.says("two\\x0alines: truncated gzip data"));
}
