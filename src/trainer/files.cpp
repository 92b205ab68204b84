#include "files.hpp"

#include <zlib.h>

#include <fmt/format.h>

#include <ctnn/io/message.hpp>

#include "engine.hpp"
#include "output.hpp"

namespace ctnn::io {
template LoadResult load_parameters<float>(const SafetensorsFile&, std::string_view,
                                           std::span<const ParameterSlot<float>>, LoadOptions);
template void save_parameters<const float>(const std::filesystem::path&,
                                           std::span<const ParameterSlot<const float>>,
                                           std::map<std::string, std::string>);
} // namespace ctnn::io

namespace trainer {

ctnn::ImageDataset load_images(const DataOptions& data, ctnn::Split split) {
  return ctnn::load_mnist(data.path(), split, network_facts().classes, network_facts().input_shape);
}

std::uint64_t data_crc32(const ctnn::ImageDataset& train, const ctnn::ImageDataset& test) {
  uLong sum = ::crc32(0, nullptr, 0);
  for (const ctnn::ImageDataset* set : {&train, &test})
    for (std::size_t i = 0; i < set->size(); ++i) {
      const auto pixels = set->pixels(i);
      const std::uint8_t label = set->label(i);
      sum = ::crc32_z(sum, pixels.data(), pixels.size());
      sum = ::crc32_z(sum, &label, 1);
    }
  return sum;
}

std::uint64_t network_crc32() {
  const std::string_view table = network_facts().full_table;
  return ::crc32_z(0, reinterpret_cast<const Bytef*>(table.data()), table.size());
}

std::vector<std::string> class_names(const std::string& dataset) {
  std::vector<std::string> names;
  if (dataset == "fashion-mnist")
    names = {"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
             "Sandal",      "Shirt",   "Sneaker",  "Bag",   "Ankle boot"};
  while (names.size() < network_facts().classes) names.push_back(fmt::format("{}", names.size()));
  return names;
}

void note_differences(const std::filesystem::path& path, const ctnn::LoadResult& loaded) {
  if (!loaded.missing.empty())
    note(fmt::format("{} lacks {}", ctnn::io::printable(path.native()),
                     fmt::join(loaded.missing, ", ")));
  if (!loaded.unexpected.empty())
    note(fmt::format("{} has {} too many", ctnn::io::printable(path.native()),
                     fmt::join(loaded.unexpected, ", ")));
}

} // namespace trainer
