#pragma once
// Parameters to and from safetensors files: all or nothing, and every difference in one message.

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <ctnn/core/error.hpp>
#include <ctnn/io/file.hpp>
#include <ctnn/io/message.hpp>
#include <ctnn/io/safetensors.hpp>

namespace ctnn {

/// One parameter of a network: where its values are, row-major, in the shape that PyTorch gives
/// them. `T` is `float` or `double`, const where values are only read.
template <class T>
  requires std::floating_point<T>
struct ParameterSlot {
  std::string name;
  std::vector<std::uint64_t> shape;
  T* data = nullptr;

  std::size_t size() const {
    std::size_t product = 1;
    for (const std::uint64_t extent : shape) product *= static_cast<std::size_t>(extent);
    return product;
  }
};

namespace detail {

template <class T>
inline constexpr std::string_view dtype_of = std::same_as<T, float> ? "F32" : "F64";

/// Element `index` of a tensor of F32 or, for `double` only, F64.
template <class T>
T element(std::span<const std::byte> bytes, std::string_view dtype, std::size_t index) {
  const auto stored_as = [&]<class Stored>(Stored value) {
    std::memcpy(&value, bytes.data() + index * sizeof value, sizeof value);
    return static_cast<T>(value);
  };
  return dtype == "F32" ? stored_as(float{}) : stored_as(double{});
}

/// What keeps `tensor` from filling `slot`; empty if nothing does.
template <class T>
std::string difference(const SafetensorsFile& file, const TensorInfo& tensor,
                       const ParameterSlot<T>& slot) {
  if (tensor.shape != slot.shape)
    return fmt::format("size mismatch for {}: file has [{}], network has [{}]", slot.name,
                       fmt::join(tensor.shape, ", "), fmt::join(slot.shape, ", "));
  if (tensor.dtype != "F32" && tensor.dtype != dtype_of<T>)
    return fmt::format("dtype {} of {} is not supported, expected {}", tensor.dtype, slot.name,
                       std::same_as<T, float> ? "F32" : "F32 or F64");
  const std::span<const std::byte> bytes = file.bytes_of(tensor);
  for (std::size_t i = 0; i < slot.size(); ++i)
    if (const T value = element<T>(bytes, tensor.dtype, i); !std::isfinite(value))
      return fmt::format("value {} of {} is not finite: {}", i, slot.name, value);
  return {};
}

/// "missing a, b"; nothing for no names.
inline void add_names(std::vector<std::string>& differences, const char* what,
                      const std::vector<std::string>& names) {
  if (!names.empty()) differences.push_back(fmt::format("{} {}", what, fmt::join(names, ", ")));
}

} // namespace detail

/// What a file brought besides the values. `missing` and `unexpected` are empty in strict loading.
struct LoadResult {
  std::map<std::string, std::string> metadata;
  std::vector<std::string> missing;    ///< slots that the file has no tensor for: as they were
  std::vector<std::string> unexpected; ///< tensors that no slot is for
};

struct LoadOptions {
  bool strict = true; ///< as in torch.nn.Module.load_state_dict
};

/// A safetensors file in memory.
struct Checkpoint {
  std::string name; ///< for messages
  std::shared_ptr<const std::vector<std::byte>> bytes;
  SafetensorsFile file; ///< points into `bytes`
};

/// Throws `Error(bad_checkpoint)`.
inline Checkpoint read_checkpoint(const std::filesystem::path& path) {
  constexpr std::uint64_t limit = std::uint64_t{1} << 31; // 500 million parameters
  auto bytes = std::make_shared<const std::vector<std::byte>>(
      read_file(path, limit, ErrorCode::bad_checkpoint));
  SafetensorsFile file = parse_safetensors(*bytes, path.native());
  return {path.native(), std::move(bytes), std::move(file)};
}

/// Fills every slot from the tensor of its name, or throws `Error(bad_checkpoint)` with a list of
/// all differences and leaves every slot as it was. F32 is read into `float` and `double`, F64 into
/// `double`. Values must be finite. Without `strict`, names may differ, but there must be one in
/// common.
template <class T>
LoadResult load_parameters(const SafetensorsFile& file, std::string_view file_name,
                           std::span<const ParameterSlot<T>> slots, LoadOptions options = {}) {
  std::unordered_map<std::string_view, const TensorInfo*> unused;
  for (const TensorInfo& tensor : file.tensors) unused.emplace(tensor.name, &tensor);

  LoadResult result{file.metadata, {}, {}};
  std::vector<std::pair<const TensorInfo*, const ParameterSlot<T>*>> pairs;
  for (const ParameterSlot<T>& slot : slots)
    if (const auto found = unused.find(slot.name); found != unused.end()) {
      pairs.emplace_back(found->second, &slot);
      unused.erase(found);
    } else {
      result.missing.push_back(slot.name);
    }
  for (const TensorInfo& tensor : file.tensors)
    if (unused.contains(tensor.name)) result.unexpected.push_back(printable(tensor.name, 100));

  std::vector<std::string> differences;
  if (options.strict || pairs.empty()) {
    detail::add_names(differences, "missing", result.missing);
    detail::add_names(differences, "unexpected", result.unexpected);
  }
  for (const auto& [tensor, slot] : pairs)
    if (std::string text = detail::difference(file, *tensor, *slot); !text.empty())
      differences.push_back(std::move(text));
  if (!differences.empty())
    detail::fail(ErrorCode::bad_checkpoint, file_name, "does not match the network: {}",
                 fmt::join(differences, "; "));

  for (const auto& [tensor, slot] : pairs)
    for (std::size_t i = 0; i < slot->size(); ++i)
      slot->data[i] = detail::element<T>(file.bytes_of(*tensor), tensor->dtype, i);
  return result;
}

/// The same from the file `path`.
template <class T>
LoadResult load_parameters(const std::filesystem::path& path,
                           std::span<const ParameterSlot<T>> slots, LoadOptions options = {}) {
  const Checkpoint checkpoint = read_checkpoint(path);
  return load_parameters<T>(checkpoint.file, checkpoint.name, slots, options);
}

/// Writes all slots to `path` atomically, `float` as F32 and `double` as F64. Adds `format: pt`,
/// which PyTorch's loaders look for, to `metadata`. Throws `Error(cannot_write)`.
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

} // namespace ctnn
