#include "checksums.hpp"

#include <string_view>

#include <zlib.h>

#include "engine.hpp"

namespace trainer {

std::uint64_t data_crc32(const Images& images) {
  uLong sum = ::crc32(0, nullptr, 0);
  const SampleSet* const validation = images.validation ? &*images.validation : nullptr;
  for (const SampleSet* set : {&images.train, validation, &images.test})
    for (std::size_t i = 0; set != nullptr && i < set->size(); ++i) {
      const auto sample = set->bytes(i);
      sum = ::crc32_z(sum, reinterpret_cast<const Bytef*>(sample.data()), sample.size());
      // A byte where that is enough, as in MNIST's files.
      std::uint32_t label = set->label(i);
      for (std::size_t last = network_facts().classes - 1;; last >>= 8, label >>= 8) {
        const auto byte = static_cast<Bytef>(label & 255);
        sum = ::crc32_z(sum, &byte, 1);
        if (last < 256) break;
      }
    }
  return sum;
}

std::uint64_t network_crc32() {
  const std::string_view table = network_facts().full_table;
  return ::crc32_z(0, reinterpret_cast<const Bytef*>(table.data()), table.size());
}

} // namespace trainer
