#pragma once
// Training images as one epoch sees them: a data set for the trainer, whatever the transform.

#include <cstddef>
#include <cstdint>

#include <ctnn/data/image_dataset.hpp>

namespace trainer {

/// Writes the input that the network gets for the image `pixels` in this epoch.
using Transform = void (*)(const std::uint8_t* pixels, std::uint64_t seed, std::uint32_t epoch,
                           std::uint32_t sample, float* x);

struct Samples {
  const ctnn::ImageDataset& images;
  Transform transform; ///< null: normalised and otherwise as they are
  std::uint64_t seed;
  std::uint32_t epoch;

  std::size_t size() const { return images.size(); }
  std::uint32_t label(std::size_t i) const { return images.label(i); }
  void read(std::size_t i, float* x) const {
    if (transform == nullptr) return images.read(i, x);
    transform(images.pixels(i).data(), seed, epoch, static_cast<std::uint32_t>(i), x);
  }
};

} // namespace trainer
