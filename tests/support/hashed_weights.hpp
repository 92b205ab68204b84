#pragma once
// Weights and images that are a formula of a name and an index, the same here and in
// tests/reference/hashed.py, which tells it; and files of such weights, under torchvision's names.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <unistd.h>

#include <ctnn/io/file.hpp>
#include <ctnn/io/safetensors.hpp>
#include <ctnn/io/state_dict.hpp>

namespace ctnn::test {

/// A number in [-1, 1) for each name and index: a multiple of 2^-22, exact in float.
inline double hashed_uniform(std::string_view name, std::uint64_t index) {
  std::uint32_t fnv = 2'166'136'261u;
  for (const char c : name) fnv = (fnv ^ static_cast<unsigned char>(c)) * 16'777'619u;
  std::uint64_t word = ((std::uint64_t{fnv} << 32) + index) * 0x9E3779B97F4A7C15u;
  word = (word ^ word >> 30) * 0xBF58476D1CE4E5B9u;
  word = (word ^ word >> 27) * 0x94D049BB133111EBu;
  word ^= word >> 31;
  return static_cast<double>(word >> 41) / 0x1p22 - 1;
}

/// The elements of a parameter or running statistic, by its name and PyTorch's shape, row-major.
inline std::vector<float> hashed_tensor(std::string_view name,
                                        const std::vector<std::uint64_t>& shape) {
  std::uint64_t size = 1;
  for (const std::uint64_t extent : shape) size *= extent;
  const std::string_view last = name.substr(name.rfind('.') + 1); // of all of it if there is no dot
  const bool around_zero = last == "bias" || last == "running_mean";
  const double bound = shape.size() > 1 ? std::sqrt(6 / static_cast<double>(size / shape[0])) : 0.1;
  std::vector<float> values(static_cast<std::size_t>(size));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double u = hashed_uniform(name, i);
    values[i] = static_cast<float>(shape.size() > 1 || around_zero ? bound * u : 1 + 0.5 * u);
  }
  return values;
}

/// `size` numbers in [-1, 1), such as the images "input 3x32x32".
template <class T>
std::vector<T> hashed_images(std::string_view name, std::size_t size) {
  std::vector<T> values(size);
  for (std::size_t i = 0; i < size; ++i) values[i] = static_cast<T>(hashed_uniform(name, i));
  return values;
}

/// The names and PyTorch's shapes of a network's tensors, without counts of batches.
struct StateDict {
  struct Entry {
    std::string name;
    std::vector<std::uint64_t> shape;
  };
  std::vector<Entry> entries;   ///< in PyTorch's order
  std::uint64_t parameters = 0; ///< elements of all that is trained, if it is known
};

/// The list of one of torchvision's networks, such as "resnet18": a file of tests/reference/state_dicts.
/// Throws std::runtime_error if it is missing or broken.
inline StateDict torchvision_state_dict(const std::string& network) {
  const std::string path = CTNN_TESTS_DIR "/reference/state_dicts/" + network + ".txt";
  std::ifstream file(path);
  StateDict list;
  std::string line, word;
  if (!std::getline(file, line) ||
      !(std::istringstream(line) >> word >> list.parameters && word == "parameters"))
    throw std::runtime_error(path + ": cannot read this list");
  while (std::getline(file, line)) {
    std::istringstream words(line);
    StateDict::Entry& entry = list.entries.emplace_back();
    words >> entry.name;
    for (std::uint64_t extent = 0; words >> extent;) entry.shape.push_back(extent);
    if (entry.name.empty() || !words.eof())
      throw std::runtime_error(path + ": not a tensor: " + line);
  }
  return list;
}

/// Writes the file that PyTorch would have written of a network with hashed weights, in float, with a
/// count of batches beside each running_mean. `prefix` stands before every name in the file.
inline void write_hashed_weights(const std::filesystem::path& path, const StateDict& network,
                                 const std::string& prefix = "") {
  constexpr std::string_view mean = "running_mean";
  static constexpr std::int64_t count = 1234;
  std::vector<std::vector<float>> values;
  std::vector<io::TensorBytes> tensors;
  for (const auto& [name, shape] : network.entries) {
    values.push_back(hashed_tensor(name, shape));
    tensors.push_back({prefix + name, "F32", shape, std::as_bytes(std::span(values.back()))});
    if (name.ends_with(mean))
      tensors.push_back({prefix + name.substr(0, name.size() - mean.size()) + "num_batches_tracked",
                         "I64",
                         {},
                         std::as_bytes(std::span(&count, 1))});
  }
  io::write_file_atomically(path, io::write_safetensors(std::move(tensors), {{"format", "pt"}}));
}

/// Gives a network hashed weights, through such a file.
template <class Net, class T>
LoadResult load_hashed_weights(Network<Net, T>& net, const StateDict& list,
                               const LoadOptions& options = {}) {
  struct File {
    std::string path = (std::filesystem::temp_directory_path() / "ctnn-weights-XXXXXX").native();
    File() {
      const int file = ::mkstemp(path.data());
      if (file < 0) throw std::runtime_error("mkstemp failed");
      ::close(file);
    }
    ~File() { std::filesystem::remove(path); }
  } const file;
  write_hashed_weights(file.path, list);
  return load_state_dict(net, file.path, options);
}

} // namespace ctnn::test
