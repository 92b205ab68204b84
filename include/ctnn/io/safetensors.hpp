#pragma once
/// @file
/// The safetensors format over bytes in memory: a strict parser and the writer.
/// Format: https://github.com/huggingface/safetensors, section "Format".

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <ctnn/core/error.hpp>
#include <ctnn/io/message.hpp>
#include <ctnn/io/safetensors_header.hpp>
#include <ctnn/io/tensor_bytes.hpp>

namespace ctnn::io {

static_assert(std::endian::native == std::endian::little, "safetensors files are little-endian");

/// max_header_bytes is what the JSON header may take by default; a network of 600 layers needs 0.1 MiB.
inline constexpr std::uint64_t max_header_bytes = std::uint64_t{1} << 20;

namespace detail {

struct dtype_size {
  std::string_view name;
  std::uint64_t bits;
};

/// dtypes are all of the format, in the reference implementation's order: its writer sorts by it.
inline constexpr std::array<dtype_size, 22> dtypes{{
    {"BOOL", 8},        {"F4", 4},      {"F6_E2M3", 6}, {"F6_E3M2", 6}, {"U8", 8},
    {"I8", 8},          {"F8_E5M2", 8}, {"F8_E4M3", 8}, {"F8_E8M0", 8}, {"F8_E4M3FNUZ", 8},
    {"F8_E5M2FNUZ", 8}, {"I16", 16},    {"U16", 16},    {"F16", 16},    {"BF16", 16},
    {"I32", 32},        {"U32", 32},    {"F32", 32},    {"C64", 64},    {"F64", 64},
    {"I64", 64},        {"U64", 64},
}};

/// dtype_index is the position in `dtypes`; its size for a name that is not there.
inline std::size_t dtype_index(std::string_view name) {
  const auto found = std::ranges::find(dtypes, name, &dtype_size::name);
  return static_cast<std::size_t>(found - dtypes.begin());
}

/// checked_bytes is the bytes that a tensor's dtype and shape ask for.
inline std::uint64_t checked_bytes(const TensorBytes& tensor, std::string_view file_name) {
  const auto name = printable(tensor.name, 100);
  const std::size_t dtype = dtype_index(tensor.dtype);
  if (dtype == dtypes.size())
    fail(ErrorCode::bad_checkpoint, file_name, "tensor \"{}\": unknown dtype \"{}\"", name,
         printable(tensor.dtype, 40));
  std::uint64_t elements = 1, bits = 0;
  bool overflow = false;
  for (const std::uint64_t extent : tensor.shape)
    overflow |= __builtin_mul_overflow(elements, extent, &elements);
  overflow |= __builtin_mul_overflow(elements, dtypes[dtype].bits, &bits);
  if (overflow)
    fail(ErrorCode::bad_checkpoint, file_name,
         "tensor \"{}\": size of shape [{}] overflows 64 bits", name,
         fmt::join(tensor.shape, ", "));
  if (bits % 8 != 0)
    fail(ErrorCode::bad_checkpoint, file_name,
         "tensor \"{}\": {} bits of {} are not a whole number of bytes", name, bits, tensor.dtype);
  return bits / 8;
}

/// check_layout throws unless the tensors, in the order of their data, cover `data` exactly: no hole,
/// no overlap, no rest.
inline void check_layout(std::span<const header_entry> tensors, std::span<const std::byte> data,
                         std::string_view file_name) {
  std::uint64_t expected_begin = 0;
  for (const header_entry& tensor : tensors) {
    const auto wrong = [&](std::string_view what) {
      fail(ErrorCode::bad_checkpoint, file_name, "tensor \"{}\": data_offsets [{}, {}] {}",
           printable(tensor.name, 100), tensor.begin, tensor.end, what);
    };
    if (tensor.end < tensor.begin) wrong("end before they begin");
    if (tensor.begin > expected_begin)
      wrong(fmt::format("leave a hole, expected begin {}", expected_begin));
    if (tensor.begin < expected_begin)
      wrong(fmt::format("overlap another tensor, expected begin {}", expected_begin));
    const std::uint64_t bytes = checked_bytes(tensor, file_name);
    if (tensor.end - tensor.begin != bytes)
      wrong(fmt::format("hold {} bytes, expected {} for {} [{}]", tensor.end - tensor.begin, bytes,
                        tensor.dtype, fmt::join(tensor.shape, ", ")));
    expected_begin = tensor.end;
  }
  if (data.size() < expected_begin)
    fail(ErrorCode::bad_checkpoint, file_name,
         "truncated: tensors need {} bytes after the header, found {}", expected_begin,
         data.size());
  if (data.size() > expected_begin)
    fail(ErrorCode::bad_checkpoint, file_name, "{} bytes after the last tensor, expected none",
         data.size() - expected_begin);
}

/// header_text is the bytes of the JSON header, checked as far as that goes without parsing JSON.
inline std::string_view header_text(std::span<const std::byte> bytes, std::string_view file_name,
                                    std::uint64_t limit) {
  constexpr std::uint64_t format_limit = 100'000'000;
  const auto wrong = [&]<class... Args>(fmt::format_string<Args...> what, Args&&... args) {
    fail(ErrorCode::bad_checkpoint, file_name, what, std::forward<Args>(args)...);
  };
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.starts_with("PK\x03\x04"))
    wrong("is a zip archive, perhaps from torch.save, expected a safetensors file");
  std::uint64_t length = 0;
  if (bytes.size() < sizeof length)
    wrong("truncated: expected at least 8 bytes, found {}", bytes.size());
  std::memcpy(&length, bytes.data(), sizeof length);
  if (length > format_limit)
    wrong("is not a safetensors file: begins with \"{}\", expected the size of its header",
          printable(text.substr(0, sizeof length)));
  if (length > limit) wrong("header of {} bytes, ctnn allows {}", length, limit);
  if (length > bytes.size() - sizeof length)
    wrong("truncated: header of {} bytes in a file of {}", length, bytes.size());

  const std::string_view header = text.substr(sizeof length, static_cast<std::size_t>(length));
  if (!header.starts_with('{')) wrong("header: expected '{{' as first byte");
  // nlohmann's parser takes a NUL for the end and ignores what follows.
  if (header.find('\0') != header.npos) wrong("header: NUL byte at byte {}", header.find('\0') + 1);
  return header;
}

} // namespace detail

/// parse_safetensors parses a whole file held in memory; the result points into `bytes`. It accepts
/// dtypes that ctnn does not compute with, and allocates in proportion to the header only.
/// Throws `Error(bad_checkpoint)` for every departure from the format; `file_name` is for messages.
inline SafetensorsFile parse_safetensors(std::span<const std::byte> bytes,
                                         std::string_view file_name,
                                         std::uint64_t header_limit = max_header_bytes) {
  const std::string_view text = detail::header_text(bytes, file_name, header_limit);
  detail::safetensors_header header;
  if (!nlohmann::json::sax_parse(text.begin(), text.end(), &header))
    fail(ErrorCode::bad_checkpoint, file_name, "{}", header.error);

  const auto data = bytes.subspan(sizeof(std::uint64_t) + text.size());
  std::ranges::sort(header.tensors, {}, [](const detail::header_entry& entry) {
    return std::tie(entry.begin, entry.end, entry.name);
  });
  detail::check_layout(header.tensors, data, file_name);

  SafetensorsFile file{{}, std::move(header.metadata)};
  for (detail::header_entry& entry : header.tensors) {
    entry.data = data.subspan(static_cast<std::size_t>(entry.begin),
                              static_cast<std::size_t>(entry.end - entry.begin));
    file.tensors.push_back(std::move(entry)); // all but where it was
  }
  return file;
}

/// write_safetensors returns the bytes of a file with these tensors, laid out as the reference
/// implementation does: by falling dtype, then by name, without gaps, the header padded with spaces
/// to a multiple of 8 bytes. Names and metadata are UTF-8. Throws `Error(bad_checkpoint)` if
/// `parse_safetensors` would refuse the result: equal names, a size that does not fit the shape, a
/// header that is too long.
inline std::vector<std::byte>
write_safetensors(std::vector<TensorBytes> tensors,
                  const std::map<std::string, std::string>& metadata) {
  std::ranges::sort(tensors, [](const TensorBytes& a, const TensorBytes& b) {
    const std::size_t dtype_a = detail::dtype_index(a.dtype),
                      dtype_b = detail::dtype_index(b.dtype);
    return dtype_a != dtype_b ? dtype_a > dtype_b : a.name < b.name;
  });

  // Text, not a JSON object: one that keeps the order would look up every key in linear time.
  const auto quoted = [](const std::string& text) { return nlohmann::json(text).dump(); };
  std::string header = "{";
  if (!metadata.empty())
    header += "\"__metadata__\":" + nlohmann::json(metadata).dump() + (tensors.empty() ? "" : ",");
  std::uint64_t offset = 0;
  for (const TensorBytes& tensor : tensors) {
    const std::uint64_t end = offset + tensor.data.size();
    header += fmt::format(R"({}{}:{{"dtype":{},"shape":[{}],"data_offsets":[{},{}]}})",
                          &tensor == tensors.data() ? "" : ",", quoted(tensor.name),
                          quoted(tensor.dtype), fmt::join(tensor.shape, ","), offset, end);
    offset = end;
  }
  header += '}';
  header.resize((header.size() + 7) / 8 * 8, ' ');

  const std::uint64_t length = header.size();
  std::vector<std::byte> bytes(sizeof length + header.size() + static_cast<std::size_t>(offset));
  auto end = bytes.begin();
  const auto append = [&](std::span<const std::byte> part) {
    end = std::ranges::copy(part, end).out;
  };
  append(std::as_bytes(std::span(&length, 1)));
  append(std::as_bytes(std::span(header)));
  for (const TensorBytes& tensor : tensors) append(tensor.data);

  parse_safetensors(bytes, "new safetensors file");
  return bytes;
}

} // namespace ctnn::io
