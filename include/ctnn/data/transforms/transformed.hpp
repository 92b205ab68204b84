#pragma once
/// @file
/// A data set seen through a pipeline.

#include <cstddef>
#include <cstdint>

#include <fmt/format.h>

#include <ctnn/core/error.hpp>
#include <ctnn/core/shape.hpp>
#include <ctnn/data/image_dataset.hpp>
#include <ctnn/data/transforms/compose.hpp>
#include <ctnn/data/transforms/random.hpp>

namespace ctnn {

/// A Transformed is a data set for the Trainer, seen through a pipeline: sample i of
/// `Transformed<Augmentation> view(images, seed, epoch)` is image i as the pipeline makes it in this
/// epoch. It refers to `images`, which has size(), rows(), cols(), label(i), and pixels(i) in planes.
template <class Pipeline, class Images = ImageDataset>
class Transformed {
public:
  /// sample_shape is {channels, height, width} of each sample.
  static constexpr auto sample_shape = Pipeline::output_shape;

  /// Makes a view of `images`; seed and epoch matter to pipelines that draw. Throws `Error(bad_data)` if
  /// the images are not of the pipeline's Input.
  explicit Transformed(const Images& images, std::uint64_t seed = 0, std::uint32_t epoch = 0)
      : images_(images), seed_(seed), epoch_(epoch) {
    if constexpr (Pipeline::well_formed) check(Pipeline::input_shape);
  }
  explicit Transformed(const Images&&, std::uint64_t = 0, std::uint32_t = 0) = delete;

  /// size is the number of samples.
  std::size_t size() const { return images_.size(); }
  /// label returns the class of sample `i`.
  auto label(std::size_t i) const { return images_.label(i); }

  /// read writes sample `i`, sample_shape.size() values in PyTorch's order.
  template <class T>
  void read(std::size_t i, T* out) const {
    const transforms::Random random(seed_, epoch_, static_cast<std::uint32_t>(i));
    Pipeline::apply(images_.pixels(i).data(), random, out);
  }

private:
  void check(Shape in) const {
    const std::size_t rows = images_.rows(), columns = images_.cols();
    const std::size_t values = size() > 0 ? images_.pixels(0).size() : in.size();
    if (rows != in.height() || columns != in.width() || values != in.size())
      throw Error(ErrorCode::bad_data,
                  fmt::format("Transformed: images of {}x{}x{}, the transforms take {}x{}x{}",
                              rows * columns > 0 ? values / (rows * columns) : 0, rows, columns,
                              in.channels(), in.height(), in.width()));
  }

  const Images& images_;
  std::uint64_t seed_;
  std::uint32_t epoch_;
};

} // namespace ctnn
