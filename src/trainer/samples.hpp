#pragma once
// The images of a run, and those for training as one epoch sees them: a data set for the trainer,
// whatever the transform.

#include <cstddef>
#include <cstdint>
#include <optional>

#include <ctnn/data/image_dataset.hpp>

namespace trainer {

/// Writes what becomes of the image `pixels` in this epoch, in [0, 1] and not yet normalised.
using Transform = void (*)(const std::uint8_t* pixels, std::uint64_t seed, std::uint32_t epoch,
                           std::uint32_t sample, float* x);

/// What a run works on.
struct Images {
  ctnn::ImageDataset train;
  std::optional<ctnn::ImageDataset> validation; ///< what chooses the best weights; none: `test`
  ctnn::ImageDataset test;
};

struct Samples {
  const ctnn::ImageDataset& images;
  ctnn::Normalization normalization; ///< of `images`
  Transform transform;               ///< null: the images stay as they are
  std::uint64_t seed;
  std::uint32_t epoch;

  ctnn::Shape sample_shape() const { return images.sample_shape(); }
  std::size_t size() const { return images.size(); }
  std::uint32_t label(std::size_t i) const { return images.label(i); }
  void read(std::size_t i, float* x) const {
    if (transform == nullptr) return images.read(i, x);
    transform(images.pixels(i).data(), seed, epoch, static_cast<std::uint32_t>(i), x);
    for (std::size_t k = 0; k < images.rows() * images.cols(); ++k)
      x[k] = (x[k] - normalization.mean) / normalization.std;
  }
};

} // namespace trainer
