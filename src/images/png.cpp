// require_sound_png: the checksums of a PNG. https://www.w3.org/TR/png/, sections 5.3 and 10.1.

#include "formats.hpp"

#include <array>
#include <cstring>
#include <new>

#include <zlib.h>

#include <ctnn/io/message.hpp>

namespace ctnn::io {
namespace {

std::uint32_t big_endian(Bytes bytes) {
  std::uint32_t value = 0;
  for (const std::byte byte : bytes.first(4)) value = value << 8 | std::to_integer<unsigned>(byte);
  return value;
}

/// The zlib stream that the IDAT chunks hold piece by piece. Its bytes are thrown away: that all of
/// them were there, and had the sum at their end, is what is asked.
class PixelStream {
public:
  explicit PixelStream(const std::string& name) : name_(name) {
    if (inflateInit(&stream_) != Z_OK) throw std::bad_alloc();
  }
  PixelStream(const PixelStream&) = delete; // zlib's state points back to the stream
  PixelStream& operator=(const PixelStream&) = delete;
  ~PixelStream() { inflateEnd(&stream_); }

  bool whole() const { return whole_; }

  void add(Bytes piece) {
    // zlib does not write to its input; its constness is a matter of a macro, ZLIB_CONST.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(piece.data()));
    stream_.avail_in = static_cast<uInt>(piece.size()); // a file of 256 MiB at most
    while (!whole_) {
      std::array<Bytef, 1 << 16> pixels;
      stream_.next_out = pixels.data();
      stream_.avail_out = static_cast<uInt>(pixels.size());
      const int result = ::inflate(&stream_, Z_NO_FLUSH);
      if (result == Z_BUF_ERROR) return; // the rest is in the next chunk
      if (result == Z_MEM_ERROR) throw std::bad_alloc();
      if (result != Z_OK && result != Z_STREAM_END)
        cannot_decode(name_, stream_.msg != nullptr ? stream_.msg : "not the deflate format");
      if (stream_.total_out > max_block)
        cannot_decode(name_, "more pixels than an image of 64 megapixels has");
      whole_ = result == Z_STREAM_END;
    }
  }

private:
  const std::string& name_;
  z_stream stream_{};
  bool whole_ = false;
};

} // namespace

void require_sound_png(Bytes file, const std::string& name) {
  constexpr std::string_view signature = "\x89PNG\r\n\x1a\n";
  if (file.size() < signature.size()) truncated(file, name);
  if (std::memcmp(file.data(), signature.data(), signature.size()) != 0)
    cannot_decode(name, "a PNG whose signature is damaged");
  PixelStream pixels(name);
  std::size_t at = signature.size();
  for (bool end = false; !end;) { // a chunk is its length, its type, its data, and their CRC-32
    const Bytes rest = file.subspan(at);
    constexpr std::size_t around = 12;
    if (rest.size() < around || big_endian(rest) > rest.size() - around) truncated(file, name);
    const std::size_t length = big_endian(rest);
    const Bytes summed = rest.subspan(4, 4 + length), data = summed.subspan(4);
    const std::uint32_t expected = big_endian(rest.subspan(8 + length));
    const std::string_view type(reinterpret_cast<const char*>(summed.data()), 4);
    const auto found = static_cast<std::uint32_t>(
        ::crc32_z(0, reinterpret_cast<const Bytef*>(summed.data()), summed.size()));
    if (found != expected)
      fail(bad_data, name, "damaged: chunk {} at byte {} says CRC-32 {:08x}, its bytes have {:08x}",
           printable(type), at, expected, found);
    if (type == "IDAT") pixels.add(data);
    end = type == "IEND";
    at += around + length;
  }
  if (!pixels.whole()) truncated(file, name);
}

} // namespace ctnn::io
