#pragma once
/// @file
/// Gzip data in memory, inflated piece by piece: the one door to zlib.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <string>
#include <string_view>

#include <zlib.h>

#include <ctnn/core/error.hpp>
#include <ctnn/io/message.hpp>

namespace ctnn::io {

/// is_gzip tells whether a file with this content is gzip-compressed, whatever its name says.
inline bool is_gzip(std::span<const std::byte> bytes) {
  return bytes.size() >= 2 && bytes[0] == std::byte{0x1f} && bytes[1] == std::byte{0x8b};
}

/// max_gzip_ratio is the best of the gzip format (zlib, technical details): no file holds more than
/// this times its size, so a size that somebody claims can be judged before anything is inflated.
inline constexpr std::uint64_t max_gzip_ratio = 1032;

/// A GzipReader inflates a gzip file held in memory, one member or several in a row, as gunzip does.
/// It takes 40 KiB for zlib's window, whatever the file claims, besides what the caller reads into.
class GzipReader {
public:
  /// Makes a reader of `bytes`, which must outlive it. `file_name` and `on_error` are for the errors of
  /// `read`.
  GzipReader(std::span<const std::byte> bytes, std::string_view file_name, ErrorCode on_error)
      : bytes_(bytes), file_name_(file_name), on_error_(on_error) {
    constexpr int window = 15, gzip_only = 16; // 32 KiB, the largest; no zlib wrapper
    if (inflateInit2(&stream_, window + gzip_only) != Z_OK) throw std::bad_alloc();
  }
  GzipReader(const GzipReader&) = delete; // zlib's state points back to the stream
  GzipReader& operator=(const GzipReader&) = delete;
  ~GzipReader() { inflateEnd(&stream_); }

  /// read fills `out` with what comes next and returns how many bytes that were: fewer than `out`
  /// takes only after the last one, when the sum and the size of each member have been checked too.
  /// Throws `Error` if the data are damaged, end too early or are followed by anything else.
  std::size_t read(std::span<std::byte> out) {
    std::size_t done = 0;
    while (done < out.size() && !ended_) {
      const std::span<std::byte> rest = out.subspan(done, std::min(out.size() - done, max_step));
      done += inflate_some(rest);
    }
    return done;
  }

private:
  static constexpr std::size_t max_step = std::size_t{1} << 30; // zlib counts in 32 bits

  std::span<const std::byte> bytes_;
  std::string file_name_;
  ErrorCode on_error_;
  z_stream stream_{};
  std::size_t position_ = 0; ///< where in `bytes_` begins what zlib has not seen
  bool ended_ = false;

  /// inflate_some calls zlib once and returns how much of `out` it filled.
  std::size_t inflate_some(std::span<std::byte> out) {
    const auto input = bytes_.subspan(position_, std::min(bytes_.size() - position_, max_step));
    // zlib does not write to its input; its constness is a matter of a macro, ZLIB_CONST.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(input.data()));
    stream_.avail_in = static_cast<uInt>(input.size());
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(out.size());
    const int result = ::inflate(&stream_, Z_NO_FLUSH);
    position_ += input.size() - stream_.avail_in;
    switch (result) {
    case Z_OK:
      break;
    case Z_STREAM_END:
      next_member();
      break;
    case Z_MEM_ERROR:
      throw std::bad_alloc();
    case Z_BUF_ERROR: // no progress, though there is room for output
      fail(on_error_, file_name_, "truncated gzip data: they do not end within {} bytes",
           bytes_.size());
    default:
      fail(on_error_, file_name_, "damaged gzip data before byte {}: {}", position_,
           stream_.msg != nullptr ? stream_.msg : "not the deflate format");
    }
    return out.size() - stream_.avail_out;
  }

  void next_member() {
    const auto rest = bytes_.subspan(position_);
    ended_ = rest.empty();
    if (!ended_ && !is_gzip(rest))
      fail(on_error_, file_name_, "{} bytes after the gzip data, expected none", rest.size());
    inflateReset(&stream_);
  }
};

} // namespace ctnn::io
