#pragma once
// A checked, labelled set of grey images, and how to find the four MNIST files in a folder.

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <ctnn/core/shape.hpp>
#include <ctnn/data/idx.hpp>
#include <ctnn/core/error.hpp>
#include <ctnn/io/file.hpp>
#include <ctnn/io/message.hpp>

namespace ctnn {

enum class Split { train, test };

/// `value = (pixel / 255 - mean) / std` in float: torchvision's ToTensor and Normalize. The
/// defaults are the customary rounded statistics of MNIST's training images.
struct Normalization {
  float mean = 0.1307f;
  float std = 0.3081f;

  float operator()(std::uint8_t pixel) const {
    return (static_cast<float>(pixel) / 255.0f - mean) / std;
  }
};

/// Where the two halves of a data set came from, for messages.
struct DatasetNames {
  std::string images = "images";
  std::string labels = "labels";
};

/// Images and labels of one split. Not empty, as many labels as images, every label below the
/// number of classes: code that reads it need not check again.
class ImageDataset {
public:
  /// `image` is the shape that the network takes, `{1, rows, cols}`.
  /// Throws `Error(bad_data)` if the data do not fit it.
  ImageDataset(IdxImages images, IdxLabels labels, std::size_t classes, Shape image,
               Normalization normalization = {}, const DatasetNames& names = {})
      : images_(std::move(images)), labels_(std::move(labels.labels)) {
    check(classes, image, names);
    for (std::size_t pixel = 0; pixel < values_.size(); ++pixel)
      values_[pixel] = normalization(static_cast<std::uint8_t>(pixel));
  }

  std::size_t size() const { return labels_.size(); }
  std::size_t rows() const { return images_.rows; }
  std::size_t cols() const { return images_.cols; }

  std::uint8_t label(std::size_t index) const { return labels_[index]; }

  /// The bytes of image `index`, rows() * cols(), row-major.
  std::span<const std::uint8_t> pixels(std::size_t index) const {
    return std::span(images_.pixels).subspan(index * rows() * cols(), rows() * cols());
  }

  /// Writes the normalised pixels of image `index`, rows() * cols() values, row-major.
  template <class T>
  void read(std::size_t index, T* out) const {
    const std::size_t pixels = rows() * cols();
    const std::uint8_t* first = images_.pixels.data() + index * pixels;
    for (std::size_t i = 0; i < pixels; ++i) out[i] = static_cast<T>(values_[first[i]]);
  }

  /// Keeps the first `count` samples, or all if there are fewer. `count` must not be 0.
  void truncate(std::size_t count) {
    if (count == 0) throw std::invalid_argument("ImageDataset::truncate: count must not be 0");
    if (count >= size()) return;
    labels_.resize(count);
    images_.count = count;
    images_.pixels.resize(count * rows() * cols());
  }

private:
  IdxImages images_;
  std::vector<std::uint8_t> labels_;
  std::array<float, 256> values_{}; ///< of each pixel

  void check(std::size_t classes, Shape image, const DatasetNames& names) const {
    using detail::fail;
    if (Shape{1, images_.rows, images_.cols} != image)
      fail(ErrorCode::bad_data, names.images, "images of 1x{}x{}, network takes {}x{}x{}",
           images_.rows, images_.cols, image.channels(), image.height(), image.width());
    if (images_.count == 0) fail(ErrorCode::bad_data, names.images, "holds no images");
    if (labels_.size() != images_.count)
      fail(ErrorCode::bad_data, names.labels, "{} labels, but {} has {} images", labels_.size(),
           printable(names.images), images_.count);
    constexpr std::size_t header = 8; // bytes before the first label of an IDX file
    for (std::size_t i = 0; i < labels_.size(); ++i)
      if (labels_[i] >= classes)
        fail(ErrorCode::bad_data, names.labels,
             "label {} at index {} (byte {}), network has {} classes", labels_[i], i, header + i,
             classes);
  }
};

namespace detail {

/// `<folder>/<stem>-<kind>` or, as some mirrors spell it, `<folder>/<stem>.<kind>`; with `.gz` if
/// there is no other.
inline std::filesystem::path find_idx_file(const std::filesystem::path& folder,
                                           std::string_view stem, std::string_view kind) {
  const std::string usual = fmt::format("{}-{}", stem, kind);
  const std::string dotted = fmt::format("{}.{}", stem, kind);
  std::error_code error; // other than absence: whoever reads the file reports it
  for (const auto& name : {usual, dotted, usual + ".gz", dotted + ".gz"})
    if (const auto path = folder / name; std::filesystem::exists(path, error) || error) return path;
  fail(ErrorCode::bad_data, (folder / usual).native(),
       "no such file, expected the four MNIST files (scripts/fetch-data gets them)");
}

} // namespace detail

/// Loads one split from the folder that holds `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`,
/// `t10k-images-idx3-ubyte` and `t10k-labels-idx1-ubyte`, each as it is or with `.gz`. `classes` and
/// `image` are what the network takes. Throws `Error(bad_data)`.
inline ImageDataset load_mnist(const std::filesystem::path& directory, Split split,
                               std::size_t classes = 10, Shape image = {1, 28, 28},
                               Normalization normalization = {}) {
  const char* prefix = split == Split::train ? "train" : "t10k";
  const auto find = [&](std::string_view what, std::string_view kind) {
    return detail::find_idx_file(directory, fmt::format("{}-{}", prefix, what), kind);
  };
  const std::filesystem::path images = find("images", "idx3-ubyte");
  const std::filesystem::path labels = find("labels", "idx1-ubyte");
  return {parse_idx_images(read_file(images, max_idx_bytes, ErrorCode::bad_data), images.native()),
          parse_idx_labels(read_file(labels, max_idx_bytes, ErrorCode::bad_data), labels.native()),
          classes,
          image,
          normalization,
          {images.native(), labels.native()}};
}

} // namespace ctnn
