#pragma once
// The samples of a run in memory, and those for training as one epoch sees them: data sets for the
// trainer, whatever file they are of and whatever the transform.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <ctnn/core/shape.hpp>
#include <ctnn/data/transforms/crop.hpp>
#include <ctnn/data/transforms/random.hpp>
#include <ctnn/data/transforms/random_horizontal_flip.hpp>
#include <ctnn/data/transforms/to_tensor.hpp>

namespace trainer {

/// What a network sees of pixels from 0 to 1, or of the numbers of a table: (x - mean) / std, with a mean
/// and a standard deviation for each channel.
struct Normalization {
  std::vector<float> mean, std;

  /// Normalises a sample of that shape.
  void apply(ctnn::Shape shape, float* x) const {
    const std::size_t plane = shape.size() / shape.channels();
    for (std::size_t k = 0; k < shape.size(); ++k) x[k] = (x[k] - mean[k / plane]) / std[k / plane];
  }
};

/// The pictures or the rows of a table that are one split, at least one, with a class for each.
class SampleSet {
public:
  /// Pictures of bytes, [sample][channel][row][column]. `classes` are the names that their files have
  /// for the classes, if any.
  SampleSet(ctnn::Shape shape, std::vector<std::uint8_t> pixels, std::vector<std::uint32_t> labels,
            std::vector<std::string> classes = {});
  /// The rows of a table.
  SampleSet(ctnn::Shape shape, std::vector<float> numbers, std::vector<std::uint32_t> labels);

  std::size_t size() const { return labels_.size(); }
  ctnn::Shape sample_shape() const { return shape_; }
  std::uint32_t label(std::size_t i) const { return labels_[i]; }
  const std::vector<std::string>& classes() const { return classes_; }

  bool pictures() const { return numbers_.empty(); }
  /// The bytes of picture `i`.
  std::span<const std::uint8_t> pixels(std::size_t i) const {
    return std::span(pixels_).subspan(i * shape_.size(), shape_.size());
  }
  /// Sample `i` as it is stored.
  std::span<const std::byte> bytes(std::size_t i) const {
    if (pictures()) return std::as_bytes(pixels(i));
    return std::as_bytes(std::span(numbers_).subspan(i * shape_.size(), shape_.size()));
  }

  /// The mean and the standard deviation of each channel over all samples, in one pass. Where nothing
  /// varies there is nothing to divide by: that is 1.
  Normalization statistics() const;
  /// What read() does from now on.
  void normalize(const Normalization& normalization);
  const Normalization& normalization() const { return normalization_; }

  /// Writes sample `i`, normalised.
  template <class T>
  void read(std::size_t i, T* x) const {
    const std::size_t plane = shape_.size() / shape_.channels();
    for (std::size_t c = 0, k = 0; c < shape_.channels(); ++c)
      if (pictures()) {
        const float* const values = values_.data() + c * 256;
        const std::uint8_t* const from = pixels_.data() + i * shape_.size();
        for (const std::size_t end = k + plane; k < end; ++k)
          x[k] = static_cast<T>(values[from[k]]);
      } else {
        const float* const from = numbers_.data() + i * shape_.size();
        for (const std::size_t end = k + plane; k < end; ++k)
          x[k] = static_cast<T>((from[k] - normalization_.mean[c]) / normalization_.std[c]);
      }
  }

  /// Brings the samples into an order in which each class is spread evenly, whatever its share. Files often
  /// have one class after the other, and then their first and last samples know nothing of most.
  void spread_classes();
  /// The first `count` samples, at least one, or all if there are fewer.
  void truncate(std::size_t count);
  /// Takes the last `count` samples out of the set, and returns them as one of their own. Each of both
  /// keeps at least one.
  SampleSet split_off(std::size_t count);

private:
  ctnn::Shape shape_;
  std::vector<std::uint8_t> pixels_;
  std::vector<float> numbers_;
  std::vector<std::uint32_t> labels_;
  std::vector<std::string> classes_;
  Normalization normalization_;
  std::vector<float> values_; ///< of pictures: what each byte is normalised to, in each channel
};

/// What a run works on.
struct Images {
  SampleSet train;
  std::optional<SampleSet> validation; ///< what chooses the best weights; none: `test`
  SampleSet test;
};

/// Writes what becomes of the image `pixels`, in [0, 1] and not yet normalised.
using Transform = void (*)(const std::uint8_t* pixels, const ctnn::transforms::Random& random,
                           float* x);

/// What becomes of a training image.
struct Augmentation {
  Transform transform = nullptr; ///< after the crop and the flip; null: nothing more
  std::size_t crop = 0;          ///< pixels around the image, before it is cut to its size again
  bool flip = false;             ///< whether every second image is mirrored

  bool none() const { return transform == nullptr && crop == 0 && !flip; }

  /// Writes the image as sample number `sample` of that epoch, in [0, 1] and not yet normalised.
  void apply(const SampleSet& images, std::uint64_t seed, std::uint32_t epoch, std::uint32_t sample,
             float* x) const {
    ctnn::transforms::Random random(seed, epoch, sample);
    const std::uint8_t* pixels = images.pixels(sample).data();
    std::vector<std::uint8_t> moved;
    if (crop > 0 || flip) {
      moved.resize(images.sample_shape().size());
      crop_and_flip({images.sample_shape(), pixels}, {images.sample_shape(), moved.data()}, random);
      pixels = moved.data();
    }
    if (transform != nullptr) return transform(pixels, random, x);
    for (std::size_t k = 0; k < images.sample_shape().size(); ++k)
      x[k] = ctnn::transforms::to_tensor(pixels[k]);
  }

private:
  /// ctnn::transforms::Planes of a shape that only a run knows.
  template <class T>
  struct Planes {
    std::size_t channels, height, width;
    T* data;

    Planes(ctnn::Shape shape, T* pixels)
        : channels(shape.channels()), height(shape.height()), width(shape.width()), data(pixels) {}
    T& operator()(std::size_t channel, std::size_t row, std::size_t column) const {
      return data[(channel * height + row) * width + column];
    }
  };

  /// RandomCrop with padding and RandomHorizontalFlip, as ctnn::transforms has them.
  void crop_and_flip(const Planes<const std::uint8_t>& in, const Planes<std::uint8_t>& out,
                     ctnn::transforms::Random& random) const {
    const auto draw = [&] {
      const int padding = static_cast<int>(crop);
      return static_cast<int>(random.below(static_cast<std::uint32_t>(2 * padding + 1))) - padding;
    };
    const int top = crop > 0 ? draw() : 0;
    const int left = crop > 0 ? draw() : 0;
    ctnn::transforms::crop(in, out, top, left);
    if (flip && random.chance(0.5)) ctnn::transforms::flip_horizontally(out, out);
  }
};

struct Samples {
  const SampleSet& images;
  Augmentation augmentation;
  std::uint64_t seed;
  std::uint32_t epoch;

  ctnn::Shape sample_shape() const { return images.sample_shape(); }
  std::size_t size() const { return images.size(); }
  std::uint32_t label(std::size_t i) const { return images.label(i); }
  void read(std::size_t i, float* x) const {
    if (augmentation.none()) return images.read(i, x);
    augmentation.apply(images, seed, epoch, static_cast<std::uint32_t>(i), x);
    images.normalization().apply(sample_shape(), x);
  }
};

} // namespace trainer
