// libFuzzer: any bytes as an image and as a label file, plain and gzip-compressed.

#include <algorithm>
#include <cstring>
#include <random>

#include <ctnn/data/idx.hpp>

#include "fuzz/require.hpp"
#include "support/gzip.hpp"

using fuzz::require;
namespace io = ctnn::io;
using test::gzip;

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace {

std::string_view text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

std::span<const std::byte> bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

/// The images, or nothing and false.
bool parse(std::string_view file, io::IdxImages& images) {
  return fuzz::accepts(ctnn::ErrorCode::bad_data,
                       [&] { images = io::parse_idx_images(bytes(file), "f"); });
}
bool parse(std::string_view file, io::IdxLabels& labels) {
  return fuzz::accepts(ctnn::ErrorCode::bad_data,
                       [&] { labels = io::parse_idx_labels(bytes(file), "f"); });
}

const std::vector<std::uint8_t>& elements(const io::IdxImages& images) {
  const auto [count, rows, cols, pixels] = images;
  require(pixels.size() == count * rows * cols, "as many pixels as the dimensions say");
  return images.pixels;
}
const std::vector<std::uint8_t>& elements(const io::IdxLabels& labels) { return labels.labels; }

/// The first `limit` bytes of what a gzip file holds, as far as they can be read; other files as
/// they are.
std::string inflated(std::string_view file, std::size_t limit) {
  if (!io::is_gzip(bytes(file))) return std::string(file);
  constexpr std::size_t piece = 7; // the parser reads all elements at once
  std::string content(limit, '\0');
  const auto out = std::as_writable_bytes(std::span(content));
  std::size_t size = 0;
  try {
    io::GzipReader reader(bytes(file), "f", ctnn::ErrorCode::bad_data);
    for (std::size_t step = 1; step != 0; size += step)
      step = reader.read(out.subspan(size, std::min(piece, limit - size)));
  } catch (const ctnn::Error&) { // the rest is lost
  }
  content.resize(size);
  return content;
}

/// What parses has the elements of the file, and parses equal when it is compressed in two members
/// or, if it is compressed, inflated.
template <class Content>
void check(std::string_view file, std::size_t header) {
  Content content, again;
  if (!parse(file, content)) return;
  if (io::is_gzip(bytes(file))) {
    const std::size_t size = header + elements(content).size();
    require(parse(inflated(file, size + 1), again), "the inflated file parses");
    require(elements(again) == elements(content), "the inflated file is equal");
    return;
  }
  require(std::ranges::equal(elements(content), file.substr(header), {}, {},
                             [](char c) { return static_cast<std::uint8_t>(c); }),
          "the elements are the file's");
  const std::size_t half = file.size() / 2;
  require(parse(gzip(file.substr(0, half), 1) + gzip(file.substr(half), 0), again),
          "the compressed file parses");
  require(elements(again) == elements(content), "the compressed file is equal");
}

/// Makes the header of images say what the size of the file is: most mutations break that first.
void repair(std::string& file, std::minstd_rand& random) {
  const bool images = random() % 2 == 0;
  const std::size_t header = images ? 16 : 8;
  file.resize(std::max(file.size(), header));
  std::size_t left = file.size() - header;
  std::string start{0, 0, 8, images ? '\3' : '\1'};
  const auto extent = [&](std::size_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) start += static_cast<char>(value >> shift & 0xff);
  };
  for (std::size_t axis = images ? 3 : 1; axis > 1; --axis) {
    std::size_t factor = 1 + random() % 5;
    while (left % factor != 0) --factor;
    extent(factor);
    left /= factor;
  }
  extent(left);
  file.replace(0, header, start);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  check<io::IdxImages>(text(data, size), 16);
  check<io::IdxLabels>(text(data, size), 8);
  return 0;
}

/// Half of the mutations keep the header right; of all, a third is compressed afterwards, perhaps in
/// two members. The rest of the time the bytes, compressed or not, are libFuzzer's.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max_size, unsigned seed) {
  std::minstd_rand random(seed);
  random.discard(2); // the first values of near seeds are alike
  const unsigned kind = random() % 6;
  if (kind == 0) return LLVMFuzzerMutate(data, size, max_size);

  std::string file = inflated(text(data, size), max_size);
  const std::size_t plain = file.size();
  file.resize(std::max(max_size, plain));
  file.resize(LLVMFuzzerMutate(reinterpret_cast<std::uint8_t*>(file.data()), plain, file.size()));
  if (kind > 2) repair(file, random);
  if (kind % 2 == 0) {
    const std::size_t split = random() % 2 == 0 ? file.size() : random() % (file.size() + 1);
    const int level = static_cast<int>(random() % 3);
    const std::string first = gzip(std::string_view(file).substr(0, split), level);
    file = first + (split < file.size() ? gzip(file.substr(split)) : "");
  }
  size = std::min(file.size(), max_size);
  std::memcpy(data, file.data(), size);
  return size;
}
