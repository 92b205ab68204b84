#pragma once
/// @file
/// What a kernel is told of its images: numbers, and nothing of layers.

#include <cstddef>

#include <ctnn/core/instruction_set.hpp>

namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET {

/// slide is the output extent of a window that slides along one axis, as in PyTorch:
/// floor((in + padding - dilation (kernel - 1) - 1) / stride) + 1, padding being that of both ends.
constexpr std::size_t slide(std::size_t in, std::size_t kernel, std::size_t stride,
                            std::size_t padding, std::size_t dilation = 1) {
  return (in + padding - dilation * (kernel - 1) - 1) / stride + 1;
}

/// A Conv2dGeometry is a two-dimensional convolution (cross-correlation, as PyTorch's). All extents are
/// per image and positive, except padding, which may be 0. Its sides are alike unless told.
struct Conv2dGeometry {
  std::size_t in_channels, in_height, in_width;
  std::size_t out_channels;
  std::size_t kernel_height, kernel_width;
  std::size_t stride_height, stride_width;
  std::size_t padding_top, padding_left;
  std::size_t padding_bottom = padding_top, padding_right = padding_left;
  std::size_t dilation_height = 1, dilation_width = 1;
  std::size_t groups = 1; ///< of channels, each of which sees only its own; divides both numbers

  constexpr std::size_t padded_height() const { return padding_top + in_height + padding_bottom; }
  constexpr std::size_t padded_width() const { return padding_left + in_width + padding_right; }
  constexpr std::size_t out_height() const {
    return slide(in_height, kernel_height, stride_height, padding_top + padding_bottom,
                 dilation_height);
  }
  constexpr std::size_t out_width() const {
    return slide(in_width, kernel_width, stride_width, padding_left + padding_right,
                 dilation_width);
  }
  constexpr std::size_t input_size() const { return in_channels * in_height * in_width; }
  constexpr std::size_t output_size() const { return out_channels * out_height() * out_width(); }
  constexpr std::size_t weight_size() const {
    return out_channels * (in_channels / groups) * kernel_height * kernel_width;
  }
  /// multiply_adds is the number of the direct algorithm for one image.
  constexpr std::size_t multiply_adds() const { return out_height() * out_width() * weight_size(); }
  /// is_padded is whether some side is.
  constexpr bool is_padded() const {
    return padding_top + padding_bottom + padding_left + padding_right > 0;
  }
  /// is_depthwise is whether each of several channels is convolved by itself.
  constexpr bool is_depthwise() const {
    return groups > 1 && groups == in_channels && groups == out_channels;
  }
  /// is_pointwise is whether an output is made of one pixel of the image, and all pixels are taken.
  constexpr bool is_pointwise() const {
    return kernel_height == 1 && kernel_width == 1 && stride_height == 1 && stride_width == 1 &&
           !is_padded();
  }
};

/// A Pool2dGeometry is a pooling window that slides over an image. Windows are clipped by the padding
/// as in PyTorch. The sides of the padding are alike unless told. The last windows may hang over behind
/// it (ceil_mode), where there is nothing that counts.
struct Pool2dGeometry {
  std::size_t channels, in_height, in_width;
  std::size_t kernel_height, kernel_width;
  std::size_t stride_height, stride_width;
  std::size_t padding_top, padding_left;
  std::size_t padding_bottom = padding_top, padding_right = padding_left;
  std::size_t overhang_bottom = 0, overhang_right = 0;
  bool count_include_pad = true; ///< whether an average is divided by the pixels of padding too

  constexpr std::size_t out_height() const {
    return slide(in_height, kernel_height, stride_height,
                 padding_top + padding_bottom + overhang_bottom);
  }
  constexpr std::size_t out_width() const {
    return slide(in_width, kernel_width, stride_width,
                 padding_left + padding_right + overhang_right);
  }
  constexpr std::size_t input_size() const { return channels * in_height * in_width; }
  constexpr std::size_t output_size() const { return channels * out_height() * out_width(); }
};

/// An AdaptivePool2dGeometry is an image that is pooled to an extent which is given, by windows that are
/// as large as that takes: along an axis, output i sees [begin(i), end(i)), as in PyTorch. All extents
/// are positive.
struct AdaptivePool2dGeometry {
  std::size_t channels, in_height, in_width;
  std::size_t out_height, out_width;

  static constexpr std::size_t begin(std::size_t i, std::size_t in, std::size_t out) {
    return i * in / out;
  }
  static constexpr std::size_t end(std::size_t i, std::size_t in, std::size_t out) {
    return ((i + 1) * in + out - 1) / out;
  }
  constexpr std::size_t input_size() const { return channels * in_height * in_width; }
  constexpr std::size_t output_size() const { return channels * out_height * out_width; }
  /// windows_tile is whether the windows cover the image exactly once.
  constexpr bool windows_tile() const {
    return in_height % out_height == 0 && in_width % out_width == 0;
  }
};

/// A Pad2dGeometry is an image that gets rows and columns at its sides.
struct Pad2dGeometry {
  std::size_t channels, in_height, in_width;
  std::size_t left, right, top, bottom;

  constexpr std::size_t out_height() const { return top + in_height + bottom; }
  constexpr std::size_t out_width() const { return left + in_width + right; }
  constexpr std::size_t input_size() const { return channels * in_height * in_width; }
  constexpr std::size_t output_size() const { return channels * out_height() * out_width(); }
};

/// A PixelShuffleGeometry is an image whose channels become pixels: each of its pixels has factor x factor
/// of them for each of the `channels` that are left.
struct PixelShuffleGeometry {
  std::size_t channels, in_height, in_width;
  std::size_t factor;

  constexpr std::size_t area() const { return factor * factor; }
  constexpr std::size_t out_height() const { return in_height * factor; }
  constexpr std::size_t out_width() const { return in_width * factor; }
  constexpr std::size_t size() const { return channels * out_height() * out_width(); }
};

/// An Upsample2dGeometry is an image that grows by whole numbers. With align_corners the centres of the
/// corners' pixels stay where they are, otherwise the image's edges do.
struct Upsample2dGeometry {
  std::size_t channels, in_height, in_width;
  std::size_t scale_height, scale_width;
  bool align_corners = false;

  constexpr std::size_t out_height() const { return in_height * scale_height; }
  constexpr std::size_t out_width() const { return in_width * scale_width; }
  constexpr std::size_t input_size() const { return channels * in_height * in_width; }
  constexpr std::size_t output_size() const { return channels * out_height() * out_width(); }
};

/// A NormalizationGeometry is which elements of a sample are normalised together, and what follows.
struct NormalizationGeometry {
  std::size_t channels, pixels;
  std::size_t groups; ///< of channels, each over all pixels; 0 for all channels of each pixel alone
  bool centered;      ///< whether the mean is taken off
  bool weight, bias;  ///< whether each channel is multiplied by a weight, and a bias is added

  constexpr std::size_t size() const { return channels * pixels; }
  /// sets is how many sets of elements a sample has, which are normalised each by itself.
  constexpr std::size_t sets() const { return groups > 0 ? groups : pixels; }
  constexpr std::size_t set_size() const { return size() / sets(); }
  /// tape_size is the elements that a sample hands from forward to backward.
  constexpr std::size_t tape_size() const { return (centered ? 2 : 1) * sets(); }
};

} // namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET
