#pragma once
/// @file
/// A network's parameters to and from a file that PyTorch reads as it is.

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include <ctnn/io/checkpoint.hpp>
#include <ctnn/network/network.hpp>

namespace ctnn::io::detail {

template <class Net, class T, class Spans>
std::vector<ParameterSlot<T>> slots_of(const Spans& spans) {
  std::vector<ParameterSlot<T>> slots;
  for (std::size_t p = 0; p < spans.size(); ++p) {
    const ctnn::detail::ParameterNode& parameter = Net::graph.parameters[p];
    std::vector<std::uint64_t> shape(parameter.shape.extent,
                                     parameter.shape.extent + parameter.shape.rank);
    slots.push_back({std::string(parameter.name.view()), std::move(shape), spans[p].data()});
  }
  return slots;
}

template <class Net, class T>
std::vector<ParameterSlot<const T>> parameter_slots(const Network<Net, T>& net) {
  std::vector<std::span<const T>> spans;
  for (std::size_t p = 0; p < net.tensors; ++p) spans.push_back(net.tensor(p));
  return slots_of<Net, const T>(spans);
}

} // namespace ctnn::io::detail

namespace ctnn {

/// save_state_dict writes the parameters to `path` (safetensors) atomically, with PyTorch's names and
/// layouts, so that `Net().load_state_dict(safetensors.torch.load_file(path))` just works. Of batch norms
/// it writes no `num_batches_tracked`: PyTorch takes a dict that comes from no file of its own for one of
/// before there were such counts, and loads it strictly (1.13.1 then begins to count at 0). Throws
/// `Error(cannot_write)`; the file that was there stays then.
template <class Net, class T>
void save_state_dict(const Network<Net, T>& net, const std::filesystem::path& path,
                     std::map<std::string, std::string> metadata = {}) {
  const auto slots = io::detail::parameter_slots(net);
  io::save_parameters<const T>(path, slots, std::move(metadata));
}

/// load_state_dict reads such a file, ours or PyTorch's, into the network: all that `options` do not leave
/// out, or nothing. It returns what there was besides. Throws `Error(bad_checkpoint)` with all that does
/// not match, and `Error(bad_argument)` for options that contradict themselves; the network stays as it
/// was then. PyTorch's counts of batches, `num_batches_tracked` beside a running_mean that is loaded, are
/// not read: nothing depends on them unless a norm's momentum is None.
template <class Net, class T>
LoadResult load_state_dict(Network<Net, T>& net, const std::filesystem::path& path,
                           LoadOptions options = {}) {
  const io::Checkpoint checkpoint = io::read_checkpoint(path);
  LoadResult result;
  net.modify([&](auto& spans) {
    const auto slots = io::detail::slots_of<Net, T>(spans);
    result = io::load_parameters<T>(checkpoint.file, checkpoint.name, slots, options);
  });
  return result;
}

} // namespace ctnn
