#pragma once
/// @file
/// What a safetensors file holds, for those who only pass it on: reading one takes a JSON parser.

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace ctnn::io {

/// A TensorBytes is one tensor of a safetensors file, to be written or as it was read: its elements
/// row-major and little-endian, in memory that somebody else owns.
struct TensorBytes {
  std::string name;                 ///< as in PyTorch's state_dict
  std::string dtype;                ///< as in the file: "F32"
  std::vector<std::uint64_t> shape; ///< as PyTorch has it
  std::span<const std::byte> data;  ///< the elements
};

/// A SafetensorsFile is what a file held; its tensors point into the bytes that it was parsed from.
struct SafetensorsFile {
  std::vector<TensorBytes> tensors;            ///< in the order of their data
  std::map<std::string, std::string> metadata; ///< the header's __metadata__
};

} // namespace ctnn::io
