#pragma once
/// @file
/// The linear (fully connected) map: a convolution of one pixel.

#include <cstddef>

#include <ctnn/core/instruction_set.hpp>
#include <ctnn/kernels/direct_conv2d.hpp>
#include <ctnn/kernels/names.hpp>

namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET {

inline constexpr Conv2dGeometry linear_geometry(std::size_t in_features, std::size_t out_features) {
  return {.in_channels = in_features,
          .in_height = 1,
          .in_width = 1,
          .out_channels = out_features,
          .kernel_height = 1,
          .kernel_width = 1,
          .stride_height = 1,
          .stride_width = 1,
          .padding_top = 0,
          .padding_left = 0};
}

/// linear is y[i] = Epilogue(weight x[i] + bias), and its derivatives, for chunks of n >= 1 samples.
/// Weight is PyTorch's, [OutFeatures][InFeatures]; the functions are those of direct_conv2d.
template <class T, std::size_t InFeatures, std::size_t OutFeatures, class Epilogue>
struct linear : direct_conv2d<T, linear_geometry(InFeatures, OutFeatures), Epilogue> {};

} // namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET
