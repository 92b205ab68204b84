#pragma once
// CRC-32 sums by which a run that goes on knows its data and its network again.

#include <cstdint>

#include <ctnn/data/image_dataset.hpp>

namespace trainer {

/// The sum over all pixels and labels of both splits.
std::uint64_t data_crc32(const ctnn::ImageDataset& train, const ctnn::ImageDataset& test);

/// The sum over the layers and shapes of the network.
std::uint64_t network_crc32();

} // namespace trainer
