#pragma once
// What a kernel is told: numbers, and nothing of layers. The kernels are only named here, so that a
// translation unit which merely verifies a network never reads their SIMD headers.

#include <cstddef>

namespace ctnn {

/// The algorithm of a Conv2d: `automatic`, `direct`, or `winograd(m)`, which makes m x m outputs at a
/// time, 2 <= m <= 6, from 3x3 kernels of stride 1.
struct ConvolutionAlgorithm {
  int tile = -1;
  friend constexpr bool operator==(ConvolutionAlgorithm, ConvolutionAlgorithm) = default;
};
inline constexpr ConvolutionAlgorithm automatic{-1};
inline constexpr ConvolutionAlgorithm direct{0};
constexpr ConvolutionAlgorithm winograd(int m) { return {m}; }

} // namespace ctnn

namespace ctnn::kernels {

/// A two-dimensional convolution (cross-correlation, as PyTorch's) with bias.
/// All extents are per image and positive, except padding, which may be 0.
struct Conv2dGeometry {
  std::size_t in_channels, in_height, in_width;
  std::size_t out_channels;
  std::size_t kernel_height, kernel_width;
  std::size_t stride_height, stride_width;
  std::size_t padding_height, padding_width;

  constexpr std::size_t out_height() const {
    return (in_height + 2 * padding_height - kernel_height) / stride_height + 1;
  }
  constexpr std::size_t out_width() const {
    return (in_width + 2 * padding_width - kernel_width) / stride_width + 1;
  }
  constexpr std::size_t input_size() const { return in_channels * in_height * in_width; }
  constexpr std::size_t output_size() const { return out_channels * out_height() * out_width(); }
  constexpr std::size_t weight_size() const {
    return out_channels * in_channels * kernel_height * kernel_width;
  }
  /// Multiply-adds of the direct algorithm for one image.
  constexpr std::size_t multiply_adds() const { return out_height() * out_width() * weight_size(); }
};

/// A pooling window that slides over an image. Windows are clipped by the padding as in PyTorch.
struct Pool2dGeometry {
  std::size_t channels, in_height, in_width;
  std::size_t kernel_height, kernel_width;
  std::size_t stride_height, stride_width;
  std::size_t padding_height, padding_width;

  constexpr std::size_t out_height() const {
    return (in_height + 2 * padding_height - kernel_height) / stride_height + 1;
  }
  constexpr std::size_t out_width() const {
    return (in_width + 2 * padding_width - kernel_width) / stride_width + 1;
  }
  constexpr std::size_t input_size() const { return channels * in_height * in_width; }
  constexpr std::size_t output_size() const { return channels * out_height() * out_width(); }
};

template <std::size_t Pool, class F>
struct epilogue; // epilogue.hpp
template <class T, Conv2dGeometry G, ConvolutionAlgorithm A, class Epilogue>
struct conv2d; // conv2d.hpp
template <class T, std::size_t InFeatures, std::size_t OutFeatures, class Epilogue>
struct linear; // linear.hpp
template <class T, Pool2dGeometry G>
struct max_pool2d; // max_pool2d.hpp
template <class T, Pool2dGeometry G>
struct avg_pool2d; // avg_pool2d.hpp
template <class T, class F>
struct elementwise; // elementwise.hpp
struct identity;    // elementwise.hpp, with the four below
struct relu;
template <double NegativeSlope>
struct leaky_relu;
struct sigmoid;
struct tanh_activation;
template <class T, std::size_t Channels>
struct softmax; // softmax.hpp
template <class T, std::size_t Channels>
struct log_softmax; // softmax.hpp
template <class T>
struct dropout; // dropout.hpp
template <class T, std::size_t Channels, std::size_t Pixels>
struct channels_first; // channels_first.hpp

} // namespace ctnn::kernels
