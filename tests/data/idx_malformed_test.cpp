// A table of everything that a folder of MNIST files may hold instead, plain and gzip-compressed:
// each row is refused with exit code 3 and exactly this message.

#include <sys/stat.h>

#include <ctnn/data/mnist.hpp>

#include "data/idx_bytes.hpp"
#include "io/files.hpp"
#include "support/catch.hpp"
#include "support/gzip.hpp"

using ctnn::ErrorCode;
using test::gzip;
using test::idx;
using test::to_bytes;

namespace {

const std::string images = idx(0x803, {3, 4, 5}, 60);
const std::string labels = idx(0x801, {3}, 3);

/// A gzip file of `text` with the byte `from_end` before its end inverted.
std::string damaged(const std::string& text, std::size_t from_end) {
  std::string file = gzip(text);
  file[file.size() - from_end] = static_cast<char>(~file[file.size() - from_end]);
  return file;
}

struct row {
  std::string bytes;
  std::string message; ///< after the file's name
};

template <class Parse>
void check_refused(std::span<const row> rows, Parse parse) {
  for (const row& row : rows) {
    const auto error = test::error_of([&] { parse(to_bytes(row.bytes), "f"); });
    CHECK(error.code == ErrorCode::bad_data);
    CHECK(error.message == "f: " + row.message);
    CHECK(error.is_one_line());
  }
}

const std::string swapped = "; are the image and label files swapped?";
std::string no_idx(const std::string& magic) {
  return "not an IDX file: magic number 0x" + magic + ", expected 0x00000803";
}

/// What load_mnist says of a folder with these training files; an empty one is left out.
test::caught load_error(const std::string& image_file, const std::string& label_file,
                        std::string_view suffix = "") {
  const test::temporary_folder folder;
  const auto write = [&](std::string name, const std::string& content) {
    if (!content.empty()) test::write(folder / name.append(suffix), content);
  };
  write("train-images-idx3-ubyte", image_file);
  write("train-labels-idx1-ubyte", label_file);
  auto error = test::error_of([&] {
    ctnn::load_mnist(folder.path(), ctnn::Split::train, 3, {1, 4, 5});
  });
  for (std::size_t at;
       (at = error.message.find(folder.path().native() + "/")) != std::string::npos;)
    error.message.erase(at, folder.path().native().size() + 1);
  return error;
}

} // namespace

TEST_CASE("images that are something else are refused in its name") {
  const row rows[] = {
      {labels, "a label file, expected images" + swapped},
      {idx(0x03080000, {3, 4, 5}, 60), "magic number is little-endian, expected big"},
      {idx(0x0900 + 3, {3, 4, 5}, 60), "IDX element type 0x09, expected 0x08 (unsigned byte)"},
      {idx(0x0b00 + 3, {3, 4, 5}, 120), "IDX element type 0x0b, expected 0x08 (unsigned byte)"},
      {idx(0x0c00 + 3, {3, 4, 5}, 240), "IDX element type 0x0c, expected 0x08 (unsigned byte)"},
      {idx(0x0e00 + 3, {3, 4, 5}, 480), "IDX element type 0x0e, expected 0x08 (unsigned byte)"},
      {std::string(16, '\0'), "IDX element type 0x00, expected 0x08 (unsigned byte)"},
      {idx(0x0802, {3, 20}, 60), "IDX file of 2 dimensions, expected 3"},
      {idx(0x08ff, {3, 4, 5}, 60), "IDX file of 255 dimensions, expected 3"},
      {idx(0x010803, {3, 4, 5}, 60), no_idx("00010803")},
      {idx(0x80000803, {3, 4, 5}, 60), no_idx("80000803")},
      {"PK\x03\x04", "not an IDX file: a zip archive"},
      {"<?xml version=\"1.0\"?>", "not an IDX file: looks like an HTML or XML page"},
      {"\n\n<html>", no_idx("0a0a3c68")},
      {"{\"message\": \"Not Found\"}", no_idx("7b226d65")},
      {"version https://git-lfs.github.com/spec/v1", no_idx("76657273")},
      {"BZh91AY&SY", no_idx("425a6839")},
      {"\xfd\x37zXZ", no_idx("fd377a58")},
      {"\x28\xb5\x2f\xfd", no_idx("28b52ffd")},
      {"\x89PNG\r\n\x1a\n", no_idx("89504e47")},
      {"\xff\xd8\xff\xe0 JFIF", no_idx("ffd8ffe0")},
      {"\x93NUMPY", no_idx("934e554d")},
      {"\x7f\x45LF", no_idx("7f454c46")},
      {"PAR1", no_idx("50415231")},
      {"\xef\xbb\xbf" + images, no_idx("efbbbf00")},
      {"\n" + images, no_idx("0a000008")},
      {images.substr(1), no_idx("00080300")},
      {std::string(1000, '\xff'), no_idx("ffffffff")},
  };
  check_refused(rows, ctnn::io::parse_idx_images);
}

TEST_CASE("images of another size than their header says are refused with both") {
  const row rows[] = {
      {"", "truncated: header is 16 bytes, file has 0"},
      {"\x1f", "truncated: header is 16 bytes, file has 1"},
      {images.substr(0, 4), "truncated: header is 16 bytes, file has 4"},
      {images + images, "76 bytes too long: header says 3x4x5 = 76 bytes, file has 152"},
      {images + std::string(4096, '\0'),
       "4096 bytes too long: header says 3x4x5 = 76 bytes, file has 4172"},
      {idx(0x803, {4, 4, 5}, 60), "truncated: header says 4x4x5 = 96 bytes, file has 76"},
      {idx(0x803, {2, 4, 5}, 60), "20 bytes too long: header says 2x4x5 = 56 bytes, file has 76"},
      {idx(0x803, {0, 4, 5}, 60), "60 bytes too long: header says 0x4x5 = 16 bytes, file has 76"},
      {idx(0x803, {0x03000000, 0x04000000, 0x05000000}, 60), // little-endian extents
       "header says 50331648x67108864x83886080, which overflows 64 bits"},
      {idx(0x803, {1, 1, 0xffffffff}, 60),
       "truncated: header says 1x1x4294967295 = 4294967311 bytes, file has 76"},
      {idx(0x803, {0xffffffff, 0xffffffff, 1}, 0),
       "truncated: header says 4294967295x4294967295x1 = 18446744065119617041 bytes, file has 16"},
      {idx(0x803, {0xffffffff, 0x80000000, 2}, 0),
       "truncated: header says 4294967295x2147483648x2 = 18446744069414584336 bytes, file has 16"},
      {idx(0x803, {0x80000000, 0x80000000, 4}, 0), // 2^64 elements
       "header says 2147483648x2147483648x4, which overflows 64 bits"},
      {idx(0x803, {0x40000000, 0x80000000, 0xffffffff}, 0),
       "header says 1073741824x2147483648x4294967295, which overflows 64 bits"},
      {idx(0x803, {1722007169, 2142470067, 5}, 0), // 2^64 - 1 elements: the header is too much
       "header says 1722007169x2142470067x5, which overflows 64 bits"},
  };
  check_refused(rows, ctnn::io::parse_idx_images);
}

TEST_CASE("labels that are something else or of another size are refused") {
  const row rows[] = {
      {images, "an image file, expected labels" + swapped},
      {idx(0x01080000, {3}, 3), "magic number is little-endian, expected big"},
      {idx(0x0d01, {3}, 12), "IDX element type 0x0d, expected 0x08 (unsigned byte)"},
      {idx(0x0802, {3, 1}, 3), "IDX file of 2 dimensions, expected 1"},
      {idx(0x0800, {}, 3), "IDX file of 0 dimensions, expected 1"},
      {"5\n0\n4\n1\n", "not an IDX file: magic number 0x350a300a, expected 0x00000801"},
      {"", "truncated: header is 8 bytes, file has 0"},
      {labels + "\n", "1 bytes too long: header says 3 = 11 bytes, file has 12"},
      {idx(0x801, {0xffffffff}, 3),
       "truncated: header says 4294967295 = 4294967303 bytes, file has 11"},
      {gzip(images), "an image file, expected labels" + swapped},
      {gzip(labels + "\n"), "too long: header says 3 = 11 bytes, gzip data hold more"},
      {gzip(labels.substr(0, 10)), "truncated: header says 3 = 11 bytes, gzip data hold 10"},
      {gzip(labels.substr(0, 7)), "truncated: header is 8 bytes, gzip data hold 7"},
  };
  check_refused(rows, ctnn::io::parse_idx_labels);
}

TEST_CASE("gzip data that hold something else or of another size are refused") {
  const std::string bomb = gzip(images + std::string(10'000'000, '\0'));
  CHECK(bomb.size() < 10'000);
  const std::string huge = gzip(idx(0x803, {60000, 28, 28}, 0));
  const row rows[] = {
      {gzip(""), "truncated: header is 16 bytes, gzip data hold 0"},
      {gzip(images.substr(0, 15)), "truncated: header is 16 bytes, gzip data hold 15"},
      {gzip(images.substr(0, 16)), "truncated: header says 3x4x5 = 76 bytes, gzip data hold 16"},
      {gzip(images.substr(0, 75)), "truncated: header says 3x4x5 = 76 bytes, gzip data hold 75"},
      {gzip(images + "x"), "too long: header says 3x4x5 = 76 bytes, gzip data hold more"},
      {bomb, "too long: header says 3x4x5 = 76 bytes, gzip data hold more"},
      {gzip(images) + gzip("x"), "too long: header says 3x4x5 = 76 bytes, gzip data hold more"},
      {gzip(labels), "a label file, expected images" + swapped},
      {gzip(gzip(images)), "gzip-compressed twice; run gunzip"},
      {gzip("PK\x03\x04"), "not an IDX file: a zip archive"},
      {gzip("<html>"), "not an IDX file: looks like an HTML or XML page"},
      {gzip("train-images-idx3-ubyte" + std::string(489, '\0')), no_idx("74726169")}, // a .tar.gz
      {gzip(idx(0x03080000, {3, 4, 5}, 60)), "magic number is little-endian, expected big"},
      {gzip(idx(0x0d03, {3, 4, 5}, 240)), "IDX element type 0x0d, expected 0x08 (unsigned byte)"},
      {gzip(idx(0x0801 + 3, {3, 1, 4, 5}, 60)), "IDX file of 4 dimensions, expected 3"},
      {huge, "truncated: header says 60000x28x28 = 47040016 bytes, but " +
                 std::to_string(huge.size()) + " bytes of gzip data hold fewer"},
      {gzip(idx(0x803, {0x40000001, 1, 1}, 0)),
       "too large: header says 1073741825x1x1 = 1073741841 bytes, expected at most 1073741824"},
      {gzip(idx(0x803, {0xffffffff, 0xffffffff, 1}, 0)),
       "too large: header says 4294967295x4294967295x1 = 18446744065119617041 bytes, expected at "
       "most 1073741824"},
      {gzip(idx(0x803, {0xffffffff, 0xffffffff, 0xffffffff}, 0)),
       "header says 4294967295x4294967295x4294967295, which overflows 64 bits"},
  };
  check_refused(rows, ctnn::io::parse_idx_images);
}

TEST_CASE("damaged gzip data are refused although the images in them are whole") {
  const std::string good = gzip(images, 0); // stored: 10 + 5 + 76 + 8 bytes
  REQUIRE(good.size() == 99);
  std::string other_length = good, other_element = good;
  other_length[11] = '\x4d'; // 77 bytes in the stored block
  other_element[50] = '\x7f';
  const std::string truncated = "truncated gzip data: they do not end within ";
  const row rows[] = {
      {"\x1f\x8b", truncated + "2 bytes"},
      {good.substr(0, 10), truncated + "10 bytes"},
      {good.substr(0, 15), truncated + "15 bytes"},
      {good.substr(0, 40), truncated + "40 bytes"},
      {good.substr(0, 91), truncated + "91 bytes"},
      {good.substr(0, 98), truncated + "98 bytes"},
      {good + std::string(1, '\0'), "1 bytes after the gzip data, expected none"},
      {good + images, "76 bytes after the gzip data, expected none"},
      {good + "\x1f\x8b", truncated + "101 bytes"},
      {good + gzip("").substr(0, 19), truncated + "118 bytes"},
      {damaged(images, 8), "damaged gzip data before byte " +
                               std::to_string(gzip(images).size() - 4) + ": incorrect data check"},
      {damaged(images, 1), "damaged gzip data before byte " + std::to_string(gzip(images).size()) +
                               ": incorrect length check"},
      {other_element, "damaged gzip data before byte 95: incorrect data check"},
      {other_length, "damaged gzip data before byte 15: invalid stored block lengths"},
      {"\x1f\x8b\x09" + good.substr(3),
       "damaged gzip data before byte 4: unknown compression method"},
      {std::string("\x1f\x8b\x08\x00", 4) + images,
       "damaged gzip data before byte 15: invalid stored block lengths"},
      {std::string("\x1f\x8b\x08\x80", 4) + images,
       "damaged gzip data before byte 4: unknown header flags set"},
  };
  check_refused(rows, ctnn::io::parse_idx_images);
}

TEST_CASE("gzip data in any number of members give what they were made from") {
  const auto plain = ctnn::io::parse_idx_images(to_bytes(images), "f");
  for (std::size_t split = 0; split <= images.size(); ++split) {
    const std::string file = gzip(images.substr(0, split)) + gzip(images.substr(split), 0);
    const auto parsed = ctnn::io::parse_idx_images(to_bytes(file), "f");
    CHECK(parsed.count == 3);
    CHECK(parsed.rows == 4);
    CHECK(parsed.cols == 5);
    CHECK(parsed.pixels == plain.pixels);
  }
  CHECK(ctnn::io::parse_idx_labels(to_bytes(gzip(labels) + gzip("")), "f").labels ==
        std::vector<std::uint8_t>{0, 1, 2});
  CHECK(ctnn::io::parse_idx_images(to_bytes(gzip(idx(0x803, {0, 28, 28}, 0))), "f").pixels.empty());
}

TEST_CASE("compressed files are found by name and inflated by content") {
  const test::temporary_folder folder;
  const auto load = [&] {
    return ctnn::load_mnist(folder.path(), ctnn::Split::train, 3, {1, 4, 5}).size();
  };
  test::write(folder / "train-images-idx3-ubyte.gz", gzip(images));
  test::write(folder / "train-labels.idx1-ubyte.gz", labels); // unpacked, but not renamed
  CHECK(load() == 3);

  test::write(folder / "train-labels-idx1-ubyte", gzip(labels)); // renamed, but not unpacked
  CHECK(load() == 3);

  test::write(folder / "train-images.idx3-ubyte", "plain files come first");
  const auto error = test::error_of(load);
  CHECK(error.says("train-images.idx3-ubyte: not an IDX file: magic number 0x706c6169"));
}

TEST_CASE("a split whose files do not fit together or the network is refused") {
  const auto says = [](const test::caught& error, const char* message) {
    CHECK(error.code == ErrorCode::bad_data);
    CHECK(error.message == message);
  };
  for (const bool compressed : {false, true}) {
    const auto load = [&](const std::string& image_file, const std::string& label_file) {
      if (!compressed) return load_error(image_file, label_file);
      auto error = load_error(gzip(image_file), gzip(label_file), ".gz");
      for (std::size_t at; (at = error.message.find(".gz")) != std::string::npos;)
        error.message.erase(at, 3);
      return error;
    };
    says(load(labels, images), "train-images-idx3-ubyte: a label file, expected images; are the "
                               "image and label files swapped?");
    says(load(idx(0x803, {3, 5, 4}, 60), labels),
         "train-images-idx3-ubyte: images of 1x5x4, network takes 1x4x5");
    says(load(idx(0x803, {3, 0, 0}, 0), labels),
         "train-images-idx3-ubyte: images of 1x0x0, network takes 1x4x5");
    says(load(idx(0x803, {0, 4, 5}, 0), labels),
         "train-images-idx3-ubyte: holds no images, expected at least 1");
    says(load(images, idx(0x801, {0}, 0)),
         "train-labels-idx1-ubyte: 0 labels, but train-images-idx3-ubyte has 3 images");
    says(load(images, idx(0x801, {4}, 4)),
         "train-labels-idx1-ubyte: 4 labels, but train-images-idx3-ubyte has 3 images");
    says(load(images, idx(0x801, {3}, 0) + std::string("\0\1\3", 3)),
         "train-labels-idx1-ubyte: label 3 at index 2 (byte 10), network has 3 classes");
    says(load(images, idx(0x801, {3}, 0) + "\xff\xff\xff"),
         "train-labels-idx1-ubyte: label 255 at index 0 (byte 8), network has 3 classes");
  }
  says(load_error("", labels), "train-images-idx3-ubyte: no such file, expected the four MNIST "
                               "files (scripts/fetch-data gets them)");
  says(load_error(images, ""), "train-labels-idx1-ubyte: no such file, expected the four MNIST "
                               "files (scripts/fetch-data gets them)");
}

TEST_CASE("a file that is no regular file or is too large is refused unread") {
  const test::temporary_folder folder;
  const auto path = folder / "train-images-idx3-ubyte.gz";
  const auto says = [&](const char* message) {
    const auto error = test::error_of([&] {
      ctnn::load_mnist(folder.path(), ctnn::Split::train, 3, {1, 4, 5});
    });
    INFO(error.message);
    CHECK(error.code == ErrorCode::bad_data);
    CHECK(error.says(std::string("train-images-idx3-ubyte.gz: ") + message));
    std::filesystem::remove(path);
  };
  test::write(folder / "train-labels-idx1-ubyte", labels);
  std::filesystem::create_directory(path);
  says("cannot read: expected a regular file, found a directory");
  std::filesystem::create_symlink("/dev/zero", path);
  says("cannot read: expected a regular file, found a device");
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  says("cannot read: expected a regular file, found a pipe");
  test::write(path, "");
  std::filesystem::resize_file(path, (std::uintmax_t{1} << 30) + 1); // a hole: takes no disk
  says("too large: 1073741825 bytes, expected at most 1073741824");
}
