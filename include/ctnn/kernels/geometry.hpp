#pragma once
/// @file
/// What a kernel is told of its images: numbers, and nothing of layers.

#include <cstddef>

#include <ctnn/core/instruction_set.hpp>

namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET {

/// slide is the output extent of a window that slides along one axis, as in PyTorch:
/// floor((in + 2 padding - kernel) / stride) + 1.
constexpr std::size_t slide(std::size_t in, std::size_t kernel, std::size_t stride,
                            std::size_t padding) {
  return (in + 2 * padding - kernel) / stride + 1;
}

/// A Conv2dGeometry is a two-dimensional convolution (cross-correlation, as PyTorch's). All extents are
/// per image and positive, except padding, which may be 0.
struct Conv2dGeometry {
  std::size_t in_channels, in_height, in_width;
  std::size_t out_channels;
  std::size_t kernel_height, kernel_width;
  std::size_t stride_height, stride_width;
  std::size_t padding_height, padding_width;

  constexpr std::size_t out_height() const {
    return slide(in_height, kernel_height, stride_height, padding_height);
  }
  constexpr std::size_t out_width() const {
    return slide(in_width, kernel_width, stride_width, padding_width);
  }
  constexpr std::size_t input_size() const { return in_channels * in_height * in_width; }
  constexpr std::size_t output_size() const { return out_channels * out_height() * out_width(); }
  constexpr std::size_t weight_size() const {
    return out_channels * in_channels * kernel_height * kernel_width;
  }
  /// multiply_adds is the number of the direct algorithm for one image.
  constexpr std::size_t multiply_adds() const { return out_height() * out_width() * weight_size(); }
};

/// A Pool2dGeometry is a pooling window that slides over an image. Windows are clipped by the padding
/// as in PyTorch.
struct Pool2dGeometry {
  std::size_t channels, in_height, in_width;
  std::size_t kernel_height, kernel_width;
  std::size_t stride_height, stride_width;
  std::size_t padding_height, padding_width;

  constexpr std::size_t out_height() const {
    return slide(in_height, kernel_height, stride_height, padding_height);
  }
  constexpr std::size_t out_width() const {
    return slide(in_width, kernel_width, stride_width, padding_width);
  }
  constexpr std::size_t input_size() const { return channels * in_height * in_width; }
  constexpr std::size_t output_size() const { return channels * out_height() * out_width(); }
};

} // namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET
