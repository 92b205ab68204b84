#pragma once
// The data sets and weights of the commands. None of it depends on the network's type, so none of it
// is compiled with it.

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include <ctnn/data/mnist.hpp>
#include <ctnn/io/checkpoint.hpp>

#include "options.hpp"

namespace ctnn::io { // what engine.cpp needs of them, compiled in files.cpp
extern template LoadResult load_parameters<float>(const SafetensorsFile&, std::string_view,
                                                  std::span<const ParameterSlot<float>>,
                                                  LoadOptions);
extern template void save_parameters<const float>(const std::filesystem::path&,
                                                  std::span<const ParameterSlot<const float>>,
                                                  std::map<std::string, std::string>);
} // namespace ctnn::io

namespace trainer {

/// One split of the data set, of the size and number of classes that the network takes.
/// Throws Error(bad_data).
ctnn::ImageDataset load_images(const DataOptions& data, ctnn::Split split);

/// Of all pixels and labels of both.
std::uint64_t data_crc32(const ctnn::ImageDataset& train, const ctnn::ImageDataset& test);

/// Of the layers and shapes of the network.
std::uint64_t network_crc32();

/// What the network's classes are called, those that the data set has no name for by number.
std::vector<std::string> class_names(const std::string& dataset);

/// Says on standard error which names only the file or only the network has, if there are any.
void note_differences(const std::filesystem::path& path, const ctnn::LoadResult& loaded);

} // namespace trainer
