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
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <ctnn/io/error.hpp>
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

/// Fills every slot from the tensor of its name, or throws `Error(bad_checkpoint)` with a list of
/// all differences and leaves every slot as it was. F32 is read into `float` and `double`, F64 into
/// `double`. Values must be finite.
template <class T>
void load_parameters(const SafetensorsFile& file, std::string_view file_name,
                     std::span<const ParameterSlot<T>> slots) {
  std::unordered_map<std::string_view, const TensorInfo*> unused;
  for (const TensorInfo& tensor : file.tensors) unused.emplace(tensor.name, &tensor);

  std::vector<std::pair<const TensorInfo*, const ParameterSlot<T>*>> pairs;
  std::vector<std::string> missing, unexpected, differences;
  for (const ParameterSlot<T>& slot : slots)
    if (const auto found = unused.find(slot.name); found != unused.end()) {
      pairs.emplace_back(found->second, &slot);
      unused.erase(found);
    } else {
      missing.push_back(slot.name);
    }
  for (const TensorInfo& tensor : file.tensors)
    if (unused.contains(tensor.name)) unexpected.push_back(printable(tensor.name, 100));

  detail::add_names(differences, "missing", missing);
  detail::add_names(differences, "unexpected", unexpected);
  for (const auto& [tensor, slot] : pairs)
    if (std::string text = detail::difference(file, *tensor, *slot); !text.empty())
      differences.push_back(std::move(text));
  if (!differences.empty())
    detail::fail(ExitCode::bad_checkpoint, file_name, "does not match the network: {}",
                 fmt::join(differences, "; "));

  for (const auto& [tensor, slot] : pairs)
    for (std::size_t i = 0; i < slot->size(); ++i)
      slot->data[i] = detail::element<T>(file.bytes_of(*tensor), tensor->dtype, i);
}

/// Reads the file `path`, fills every slot (as above) and returns the file's metadata.
template <class T>
std::map<std::string, std::string> load_parameters(const std::filesystem::path& path,
                                                   std::span<const ParameterSlot<T>> slots) {
  // Generous, so that the file of a larger network still gets the list of differences.
  std::uint64_t limit = std::uint64_t{1} << 30;
  for (const ParameterSlot<T>& slot : slots) limit += 2 * sizeof(double) * slot.size();
  const std::vector<std::byte> bytes = read_file(path, limit, ExitCode::bad_checkpoint);
  SafetensorsFile file = parse_safetensors(bytes, path.native());
  load_parameters<T>(file, path.native(), slots);
  return std::move(file.metadata);
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
