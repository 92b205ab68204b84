#include "checksums.hpp"

#include <string_view>

#include <zlib.h>

#include "engine.hpp"

namespace trainer {

std::uint64_t data_crc32(const Images& images) {
  uLong sum = ::crc32(0, nullptr, 0);
  const ctnn::ImageDataset* const validation = images.validation ? &*images.validation : nullptr;
  for (const ctnn::ImageDataset* set : {&images.train, validation, &images.test})
    for (std::size_t i = 0; set != nullptr && i < set->size(); ++i) {
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

} // namespace trainer
