#pragma once
// IDX files as strings, for tests.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace test {

inline std::string u32(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 0xff);
  return bytes;
}

/// Header and elements 0, 1, 2 … below `classes`, again and again.
inline std::string idx(std::uint32_t magic, const std::vector<std::uint32_t>& dimensions,
                       std::size_t elements, std::size_t classes = 256) {
  std::string bytes = u32(magic);
  for (const std::uint32_t extent : dimensions) bytes += u32(extent);
  for (std::size_t i = 0; i < elements; ++i) bytes += static_cast<char>(i % classes);
  return bytes;
}

} // namespace test
