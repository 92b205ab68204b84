#pragma once
// A data set seen through a pipeline.

#include <cstddef>
#include <cstdint>

#include <fmt/format.h>

#include <ctnn/data/mnist.hpp>
#include <ctnn/data/transforms/compose.hpp>
#include <ctnn/core/error.hpp>

namespace ctnn {

/// `Transformed<Augmentation> view(images, seed, epoch)`: a data set for the Trainer, whose sample i
/// is image i as the pipeline makes it in this epoch. Refers to `images`, which has size(), rows(),
/// cols(), label(i), and pixels(i) in planes.
template <class Pipeline, class Images = ImageDataset>
class Transformed {
public:
  static constexpr auto sample_shape = Pipeline::output_shape;

  /// Throws `Error(bad_data)` if the images are not of the pipeline's Input.
  Transformed(const Images& images, std::uint64_t seed, std::uint32_t epoch)
      : images_(images), seed_(seed), epoch_(epoch) {
    if constexpr (Pipeline::well_formed) check(Pipeline::input_shape);
  }
  Transformed(const Images&&, std::uint64_t, std::uint32_t) = delete;

  std::size_t size() const { return images_.size(); }
  auto label(std::size_t i) const { return images_.label(i); }

  /// Writes sample i, sample_shape, in PyTorch's order.
  template <class T>
  void read(std::size_t i, T* out) const {
    const Random random(seed_, epoch_, static_cast<std::uint32_t>(i));
    Pipeline::apply(images_.pixels(i).data(), random, out);
  }

private:
  void check(Shape in) const {
    const std::size_t rows = images_.rows(), columns = images_.cols();
    const std::size_t values = size() > 0 ? images_.pixels(0).size() : in.size();
    if (rows != in.height() || columns != in.width() || values != in.size())
      throw Error(ErrorCode::bad_data,
                  fmt::format("images of {}x{}x{}, the transforms take {}x{}x{}",
                              rows * columns > 0 ? values / (rows * columns) : 0, rows, columns,
                              in.channels(), in.height(), in.width()));
  }

  const Images& images_;
  std::uint64_t seed_;
  std::uint32_t epoch_;
};

} // namespace ctnn
