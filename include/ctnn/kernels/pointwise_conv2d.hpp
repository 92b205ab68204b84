#pragma once
/// @file
/// Convolution with a kernel of one pixel: a linear map of each, whatever image it is of.

#include <cstddef>

#include <ctnn/core/instruction_set.hpp>
#include <ctnn/kernels/chunk.hpp>
#include <ctnn/kernels/direct_conv2d.hpp>
#include <ctnn/kernels/geometry.hpp>

namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET {

/// strip is a part of the image of a pointwise convolution, of which it is a multiple: as many pixels, up to 64,
/// in one row.
constexpr Conv2dGeometry strip(Conv2dGeometry g) {
  const std::size_t pixels = g.in_height * g.in_width;
  g.in_height = 1;
  g.in_width = 64;
  while (pixels % g.in_width != 0) --g.in_width;
  return g;
}

/// pointwise_conv2d is direct_conv2d, strip by strip: gradients of the outputs of one stay in the first cache
/// from where they are made until all have taken them, which those of a large image do not.
template <class T, Conv2dGeometry G, class Epilogue>
class pointwise_conv2d : public direct_conv2d<T, strip(G), Epilogue> {
  static_assert(G.is_pointwise() && Epilogue::pool == 1);

  using of_strips = direct_conv2d<T, strip(G), Epilogue>;
  static constexpr std::size_t strips = G.in_height * G.in_width / strip(G).in_width;

public:
  static constexpr std::size_t products = G.multiply_adds();

  static void forward(const forward_chunk<T>& chunk) { of_strips::forward(in_strips(chunk)); }
  template <bool InputGradient, bool ParameterGradient = true>
  static void backward(const backward_chunk<T>& chunk) {
    of_strips::template backward<InputGradient, ParameterGradient>(in_strips(chunk));
  }

private:
  template <class Chunk>
  static Chunk in_strips(Chunk chunk) {
    chunk.n *= strips;
    return chunk;
  }
};

} // namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET
