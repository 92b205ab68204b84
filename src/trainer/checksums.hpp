#pragma once
// CRC-32 sums by which a run that goes on knows its data and its network again.

#include <cstdint>

#include "samples.hpp"

namespace trainer {

/// The sum over all samples and labels that a run works on.
std::uint64_t data_crc32(const Images& images);

/// The sum over the layers and shapes of the network.
std::uint64_t network_crc32();

} // namespace trainer
