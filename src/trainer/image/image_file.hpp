#pragma once
// Pictures of digits from files, and what a network trained on MNIST wants to see of them.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

namespace trainer {

/// rows * cols pixels, row-major, 0 = black.
struct GrayImage {
  std::size_t rows = 0, cols = 0;
  std::vector<std::uint8_t> pixels;

  bool operator==(const GrayImage&) const = default;
};

/// Reads what ctnn::io::read_image does, in grey, and throws what it throws.
GrayImage read_image(const std::filesystem::path& path);

/// A digit as MNIST would hold it.
struct Digit {
  GrayImage image;
  std::size_t seen; ///< how many digits the picture seems to hold; all of them are in the image
};

/// The digit of a picture of any size, made into a rows x cols image the way MNIST was made. As
/// Yann LeCun's page "The MNIST database" tells it: the digits were size normalized to fit in a
/// 20x20 box while preserving their aspect ratio, with grey levels from the anti-aliasing of that
/// normalization, and centred in a 28x28 image by translating their centre of mass to its centre.
/// Here the box is 20/28 of rows and of cols.
///
/// Ink may be darker or lighter than the paper, and the paper unevenly lit; ink.cpp tells how
/// they are told apart. One digit is expected, which keeps off most of the border.
///
/// An image of rows x cols with a dark border and light ink is taken to be MNIST's own and returned
/// as it is.
///
/// Throws Error(bad_data), with `name` for the file, if there is no ink.
Digit like_mnist(const GrayImage& image, std::size_t rows, std::size_t cols,
                 std::string_view name = "image");

} // namespace trainer
