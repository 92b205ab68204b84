#include "parameter_files.hpp"

namespace ctnn::io {

template LoadResult load_parameters<float>(const SafetensorsFile&, std::string_view,
                                           std::span<const ParameterSlot<float>>, LoadOptions);
template void save_parameters<const float>(const std::filesystem::path&,
                                           std::span<const ParameterSlot<const float>>,
                                           std::map<std::string, std::string>);

} // namespace ctnn::io
