#pragma once
/// @file
/// Parameters to and from safetensors files: all or nothing, and every difference in one message.

#include <algorithm>
#include <bit>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <ctnn/core/error.hpp>
#include <ctnn/io/file.hpp>
#include <ctnn/io/load_options.hpp>
#include <ctnn/io/message.hpp>
#include <ctnn/io/safetensors.hpp>

namespace ctnn::io {

/// A ParameterSlot is one parameter of a network: where its values are, row-major, in the shape that
/// PyTorch gives them. `T` is `float` or `double`, const where values are only read.
template <class T>
  requires std::floating_point<T>
struct ParameterSlot {
  std::string name;                 ///< as in PyTorch's state_dict
  std::vector<std::uint64_t> shape; ///< as PyTorch has it
  T* data = nullptr;                ///< the first value

  /// size is the number of values.
  std::size_t size() const {
    std::size_t product = 1;
    for (const std::uint64_t extent : shape) product *= static_cast<std::size_t>(extent);
    return product;
  }
};

namespace detail {

template <class T>
inline constexpr std::string_view dtype_of = std::same_as<T, float> ? "F32" : "F64";

/// float_of_half is the value of an IEEE 754 binary16, F16: 5 bits of exponent, 10 of fraction.
constexpr float float_of_half(std::uint16_t half) {
  const std::uint32_t sign = (half & 0x8000u) << 16, exponent = half >> 10 & 31u,
                      fraction = half & 1023u;
  // A subnormal counts 2^-24; infinities and NaN keep the largest exponent.
  const float magnitude =
      exponent == 0
          ? static_cast<float>(fraction) * 0x1p-24f
          : std::bit_cast<float>((exponent == 31 ? 255 : exponent + 112) << 23 | fraction << 13);
  return std::bit_cast<float>(std::bit_cast<std::uint32_t>(magnitude) | sign);
}

/// float_of_bfloat16 is the value of a BF16: the upper half of a float.
constexpr float float_of_bfloat16(std::uint16_t upper) {
  return std::bit_cast<float>(std::uint32_t{upper} << 16);
}

/// read_elements assigns a tensor's elements, of F16, BF16, F32 or, for `double` only, F64.
template <class T>
void read_elements(const TensorBytes& tensor, std::span<T> values) {
  const auto stored_as = [&]<class Stored>(Stored stored, auto value) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      std::memcpy(&stored, tensor.data.data() + i * sizeof stored, sizeof stored);
      values[i] = static_cast<T>(value(stored));
    }
  };
  if (tensor.dtype == "F16")
    stored_as(std::uint16_t{}, float_of_half);
  else if (tensor.dtype == "BF16")
    stored_as(std::uint16_t{}, float_of_bfloat16);
  else if (tensor.dtype == "F32")
    stored_as(float{}, std::identity{});
  else
    stored_as(double{}, std::identity{});
}

/// is_read_as is whether a tensor of this dtype is read into elements T: none loses digits.
template <class T>
bool is_read_as(std::string_view dtype) {
  return dtype == "F16" || dtype == "BF16" || dtype == "F32" || dtype == dtype_of<T>;
}

/// values_for is the values of `tensor` for `slot`. If they do not fit, `difference` says why.
template <class T>
std::vector<T> values_for(const ParameterSlot<T>& slot, const TensorBytes& tensor,
                          std::string& difference) {
  std::vector<T> values;
  if (tensor.shape != slot.shape) {
    const std::string other = tensor.name == slot.name
                                  ? ""
                                  : fmt::format(" ({} in the file)", printable(tensor.name, 100));
    difference = fmt::format("size mismatch for {}{}: file has [{}], network has [{}]", slot.name,
                             other, fmt::join(tensor.shape, ", "), fmt::join(slot.shape, ", "));
  } else if (!is_read_as<T>(tensor.dtype)) {
    difference =
        fmt::format("dtype {} of {} is not supported, expected {}", tensor.dtype, slot.name,
                    std::same_as<T, float> ? "F16, BF16 or F32" : "F16, BF16, F32 or F64");
  } else {
    values.resize(slot.size());
    read_elements<T>(tensor, values);
    const auto wrong =
        std::ranges::find_if_not(values, [](T value) { return std::isfinite(value); });
    if (wrong != values.end())
      difference = fmt::format("value {} of {} is not finite: {}", wrong - values.begin(),
                               slot.name, *wrong);
  }
  return values;
}

} // namespace detail

/// A Checkpoint is a safetensors file in memory.
struct Checkpoint {
  std::string name;                                    ///< the file's name, for messages
  std::shared_ptr<const std::vector<std::byte>> bytes; ///< the whole file
  SafetensorsFile file;                                ///< what it holds; points into `bytes`
};

/// read_checkpoint reads and parses the file `path`, of at most 2 GiB. Throws `Error(bad_checkpoint)`.
inline Checkpoint read_checkpoint(const std::filesystem::path& path) {
  constexpr std::uint64_t limit = std::uint64_t{1} << 31; // 500 million parameters
  auto bytes = std::make_shared<const std::vector<std::byte>>(
      read_file(path, limit, ErrorCode::bad_checkpoint));
  SafetensorsFile file = parse_safetensors(*bytes, path.native());
  return {path.native(), std::move(bytes), std::move(file)};
}

/// load_parameters fills every slot from the tensor of its name, or throws `Error(bad_checkpoint)`
/// with a list of all differences and leaves every slot as it was. F16, BF16 and F32 are read into
/// `float` and `double`, F64 into `double`. Values must be finite. `options` say which names may differ;
/// there must be one in common. A `num_batches_tracked` beside a running_mean that is loaded, an I64
/// without extents, is not read. `file_name` is for messages.
template <class T>
LoadResult load_parameters(const SafetensorsFile& file, std::string_view file_name,
                           std::span<const ParameterSlot<T>> slots, LoadOptions options = {}) {
  std::vector<std::string_view> names;
  for (const ParameterSlot<T>& slot : slots) names.push_back(slot.name);
  detail::Matching matching = detail::match(file, names, options);

  std::vector<std::string>& differences = matching.differences;
  std::vector<std::vector<T>> values; // of each pair: nothing is assigned before all are right
  for (const auto& [tensor, p] : matching.pairs) {
    std::string difference;
    values.push_back(detail::values_for(slots[p], *tensor, difference));
    if (!difference.empty()) differences.push_back(std::move(difference));
  }
  if (!differences.empty())
    fail(ErrorCode::bad_checkpoint, file_name, "does not match the network: {}",
         fmt::join(differences, "; "));

  for (std::size_t i = 0; i < values.size(); ++i)
    std::ranges::copy(values[i], slots[matching.pairs[i].second].data);
  return std::move(matching.result);
}

/// load_parameters does the same from the file `path`.
template <class T>
LoadResult load_parameters(const std::filesystem::path& path,
                           std::span<const ParameterSlot<T>> slots, LoadOptions options = {}) {
  const Checkpoint checkpoint = read_checkpoint(path);
  return load_parameters<T>(checkpoint.file, checkpoint.name, slots, options);
}

/// save_parameters writes all slots to `path` atomically, `float` as F32 and `double` as F64. It adds
/// `format: pt`, which PyTorch's loaders look for, to `metadata`. Throws `Error(cannot_write)`.
template <class T>
void save_parameters(const std::filesystem::path& path, std::span<const ParameterSlot<T>> slots,
                     std::map<std::string, std::string> metadata = {}) {
  metadata.emplace("format", "pt");
  std::vector<TensorBytes> tensors;
  for (const ParameterSlot<T>& slot : slots)
    tensors.push_back({slot.name, std::string(detail::dtype_of<std::remove_const_t<T>>), slot.shape,
                       std::as_bytes(std::span(slot.data, slot.size()))});
  write_file_atomically(path, write_safetensors(std::move(tensors), metadata));
}

} // namespace ctnn::io
