#pragma once
// The library's reading and writing of parameters. It depends on no network, so that engine.cpp
// takes it from parameter_files.cpp instead of compiling it for speed.

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include <ctnn/io/checkpoint.hpp>

namespace ctnn::io {

extern template LoadResult load_parameters<float>(const SafetensorsFile&, std::string_view,
                                                  std::span<const ParameterSlot<float>>,
                                                  LoadOptions);
extern template void save_parameters<const float>(const std::filesystem::path&,
                                                  std::span<const ParameterSlot<const float>>,
                                                  std::map<std::string, std::string>);

} // namespace ctnn::io
