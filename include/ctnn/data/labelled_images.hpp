#pragma once
/// @file
/// Colour or grey images of bytes in memory, each of a class that has a name.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <ctnn/core/error.hpp>
#include <ctnn/core/shape.hpp>
#include <ctnn/data/transforms/to_tensor.hpp>

namespace ctnn {

/// LabelledImages are images of one shape in bytes, and the class of each: what load_cifar10 and
/// ImageFolder read. A network sees their bytes divided by 255, as torchvision's ToTensor makes them; one
/// that is to see something else is given them through Transformed.
class LabelledImages {
public:
  /// Holds images of shape `image`, {channels, height, width}, one after the other in PyTorch's order, a
  /// label for each, and the names of all classes. Throws `Error(bad_argument)` unless they fit.
  LabelledImages(Shape image, std::vector<std::uint8_t> pixels, std::vector<std::uint32_t> labels,
                 std::vector<std::string> classes)
      : image_(image), pixels_(std::move(pixels)), labels_(std::move(labels)),
        classes_(std::move(classes)) {
    if (image.rank != 3 || pixels_.size() != labels_.size() * image.size())
      throw Error(ErrorCode::bad_argument,
                  fmt::format("LabelledImages: {} bytes for {} labels, expected {}x{}x{} for each",
                              pixels_.size(), labels_.size(), image[0], image[1], image[2]));
    for (std::size_t i = 0; i < labels_.size(); ++i)
      if (labels_[i] >= classes_.size())
        throw Error(ErrorCode::bad_argument,
                    fmt::format("LabelledImages: label {} of image {}, but {} names of classes",
                                labels_[i], i, classes_.size()));
  }

  /// size is the number of images.
  std::size_t size() const { return labels_.size(); }
  /// rows is the height of each image in pixels.
  std::size_t rows() const { return image_.height(); }
  /// cols is the width of each image in pixels.
  std::size_t cols() const { return image_.width(); }
  /// sample_shape is {channels, rows, cols}.
  Shape sample_shape() const { return image_; }

  /// classes are the names of the classes, whose number is their place.
  const std::vector<std::string>& classes() const { return classes_; }
  /// label returns the class of image `i`.
  std::uint32_t label(std::size_t i) const { return labels_[i]; }
  /// pixels returns the bytes of image `i`, channel by channel, row by row.
  std::span<const std::uint8_t> pixels(std::size_t i) const {
    return std::span(pixels_).subspan(i * image_.size(), image_.size());
  }
  /// read writes the bytes of image `i`, each divided by 255, in the order of pixels().
  template <class T>
  void read(std::size_t i, T* x) const {
    for (const std::uint8_t byte : pixels(i)) *x++ = static_cast<T>(transforms::to_tensor(byte));
  }

private:
  Shape image_;
  std::vector<std::uint8_t> pixels_;
  std::vector<std::uint32_t> labels_;
  std::vector<std::string> classes_;
};

} // namespace ctnn
