#pragma once
/// @file
/// A checked, labelled set of grey images of bytes, normalised as they are read.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <ctnn/core/error.hpp>
#include <ctnn/core/shape.hpp>
#include <ctnn/data/idx.hpp>
#include <ctnn/data/transforms/normalize.hpp>
#include <ctnn/data/transforms/to_tensor.hpp>
#include <ctnn/io/message.hpp>

namespace ctnn {

/// Split says which half of a data set is meant.
enum class Split {
  train, ///< the one to train on
  test   ///< the one to test with
};

/// A Normalization makes a float of a pixel: `(pixel / 255 - mean) / std`, torchvision's ToTensor and
/// Normalize. The defaults are the customary rounded statistics of MNIST's training images.
struct Normalization {
  float mean = 0.1307f; ///< what is subtracted, of pixels from 0 to 1
  float std = 0.3081f;  ///< what is divided by, above 0

  /// Returns the float of a pixel.
  float operator()(std::uint8_t pixel) const {
    return transforms::normalize(transforms::to_tensor(pixel), mean, std);
  }
};

namespace io {

/// DatasetNames say where the two halves of a data set came from, for messages.
struct DatasetNames {
  std::string images = "images"; ///< the name of the images' file
  std::string labels = "labels"; ///< the name of the labels' file
};

} // namespace io

/// An ImageDataset holds the images and labels of one split: at least one, as many labels as images,
/// every label below the number of classes, so that code which reads it need not check again.
class ImageDataset {
public:
  /// Makes a data set of these images and labels. `image` is the shape that the network takes, `{1,
  /// rows, cols}`, and `classes` the number of its outputs. Throws `Error(bad_data)`, which names the
  /// file, if the data do not fit them.
  ImageDataset(io::IdxImages images, io::IdxLabels labels, std::size_t classes, Shape image,
               Normalization normalization = {}, const io::DatasetNames& names = {})
      : images_(std::move(images)), labels_(std::move(labels.labels)) {
    check(classes, image, names);
    for (std::size_t pixel = 0; pixel < values_.size(); ++pixel)
      values_[pixel] = normalization(static_cast<std::uint8_t>(pixel));
  }

  /// size is the number of images.
  std::size_t size() const { return labels_.size(); }
  /// rows is the height of each image in pixels.
  std::size_t rows() const { return images_.rows; }
  /// cols is the width of each image in pixels.
  std::size_t cols() const { return images_.cols; }

  /// sample_shape is `{1, rows, cols}`.
  Shape sample_shape() const { return {1, rows(), cols()}; }

  /// label returns the class of image `index`.
  std::uint8_t label(std::size_t index) const { return labels_[index]; }

  /// pixels returns the bytes of image `index`, rows() * cols(), row-major.
  std::span<const std::uint8_t> pixels(std::size_t index) const {
    return std::span(images_.pixels).subspan(index * rows() * cols(), rows() * cols());
  }

  /// read writes the normalised pixels of image `index`, rows() * cols() values, row-major.
  template <class T>
  void read(std::size_t index, T* out) const {
    const std::size_t pixels = rows() * cols();
    const std::uint8_t* first = images_.pixels.data() + index * pixels;
    for (std::size_t i = 0; i < pixels; ++i) out[i] = static_cast<T>(values_[first[i]]);
  }

  /// truncate keeps the first `count` samples, or all if there are fewer. Throws
  /// `Error(bad_argument)` if `count` is 0.
  void truncate(std::size_t count) {
    if (count == 0)
      throw Error(ErrorCode::bad_argument,
                  "ImageDataset::truncate: expected to keep at least 1 sample, found 0");
    if (count >= size()) return;
    labels_.resize(count);
    images_.count = count;
    images_.pixels.resize(count * rows() * cols());
  }

  /// split_off takes the last `count` samples out of the set, and returns them as one of their own.
  /// Throws `Error(bad_argument)` unless each of both has at least 1.
  ImageDataset split_off(std::size_t count) {
    if (count == 0 || count >= size())
      throw Error(ErrorCode::bad_argument,
                  fmt::format("ImageDataset::split_off: expected at least 1 and fewer than the {} "
                              "samples, found {}",
                              size(), count));
    ImageDataset last = *this;
    const std::size_t kept = size() - count;
    truncate(kept);
    last.labels_.erase(last.labels_.begin(),
                       last.labels_.begin() + static_cast<std::ptrdiff_t>(kept));
    last.images_.count = count;
    last.images_.pixels.erase(last.images_.pixels.begin(),
                              last.images_.pixels.begin() +
                                  static_cast<std::ptrdiff_t>(kept * rows() * cols()));
    return last;
  }

private:
  io::IdxImages images_;
  std::vector<std::uint8_t> labels_;
  std::array<float, 256> values_{}; ///< what each pixel is normalised to

  void check(std::size_t classes, Shape image, const io::DatasetNames& names) const {
    using io::fail;
    if (Shape{1, images_.rows, images_.cols} != image)
      fail(ErrorCode::bad_data, names.images, "images of 1x{}x{}, network takes {}x{}x{}",
           images_.rows, images_.cols, image.channels(), image.height(), image.width());
    if (images_.count == 0)
      fail(ErrorCode::bad_data, names.images, "holds no images, expected at least 1");
    if (labels_.size() != images_.count)
      fail(ErrorCode::bad_data, names.labels, "{} labels, but {} has {} images", labels_.size(),
           io::printable(names.images), images_.count);
    constexpr std::size_t header = 8; // bytes before the first label of an IDX file
    for (std::size_t i = 0; i < labels_.size(); ++i)
      if (labels_[i] >= classes)
        fail(ErrorCode::bad_data, names.labels,
             "label {} at index {} (byte {}), network has {} classes", labels_[i], i, header + i,
             classes);
  }
};

} // namespace ctnn
