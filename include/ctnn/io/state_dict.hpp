#pragma once
// A network's parameters to and from a file that PyTorch reads as it is.

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include <ctnn/io/checkpoint.hpp>
#include <ctnn/network/network.hpp>

namespace ctnn {
namespace detail {

template <class Net, class T, class Spans>
std::vector<ParameterSlot<T>> parameter_slots(const Spans& spans) {
  std::vector<ParameterSlot<T>> slots;
  for (std::size_t p = 0; p < spans.size(); ++p) {
    const ParameterNode& parameter = Net::graph.parameters[p];
    std::vector<std::uint64_t> shape(parameter.shape.extent,
                                     parameter.shape.extent + parameter.shape.rank);
    slots.push_back({std::string(parameter.name.view()), std::move(shape), spans[p].data()});
  }
  return slots;
}

} // namespace detail

/// Writes `path` (safetensors) atomically: PyTorch's names and layouts, so that
/// `Net().load_state_dict(safetensors.torch.load_file(path))` just works.
/// Throws Error(cannot_write); the file that was there stays then.
template <class Net, class T>
void save_state_dict(const Network<Net, T>& net, const std::filesystem::path& path,
                     std::map<std::string, std::string> metadata = {}) {
  std::vector<std::span<const T>> spans;
  for (std::size_t p = 0; p < net.tensors; ++p) spans.push_back(net.tensor(p));
  const auto slots = detail::parameter_slots<Net, const T>(spans);
  save_parameters<const T>(path, slots, std::move(metadata));
}

/// Reads such a file, ours or PyTorch's. Throws Error(bad_checkpoint) with all that does not match;
/// the network stays as it was then. Returns the file's metadata.
template <class Net, class T>
std::map<std::string, std::string> load_state_dict(Network<Net, T>& net,
                                                   const std::filesystem::path& path) {
  std::map<std::string, std::string> metadata;
  net.modify([&](auto& spans) {
    const auto slots = detail::parameter_slots<Net, T>(spans);
    metadata = load_parameters<T>(path, slots);
  });
  return metadata;
}

} // namespace ctnn
