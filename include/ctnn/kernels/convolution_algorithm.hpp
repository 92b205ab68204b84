#pragma once
/// @file
/// The algorithms of a convolution, and the model that chooses one from its geometry.

#include <cstddef>

#include <ctnn/kernels/geometry.hpp>

namespace ctnn {
namespace kernels {

/// A ConvolutionAlgorithm is how a convolution is computed: `direct`, `winograd(m)`, or `automatic`,
/// which leaves the choice to choose_algorithm().
struct ConvolutionAlgorithm {
  int tile = -1; ///< m of winograd(m), 0 for direct, -1 for automatic
  /// Algorithms are equal if their tiles are.
  friend constexpr bool operator==(ConvolutionAlgorithm, ConvolutionAlgorithm) = default;
};

} // namespace kernels

/// automatic is the cheapest algorithm for the shape, which the compiler finds.
inline constexpr kernels::ConvolutionAlgorithm automatic{-1};

/// direct computes the sum of products as it is defined.
inline constexpr kernels::ConvolutionAlgorithm direct{0};

/// winograd is Winograd's F(m x m, K x K), which makes m x m outputs at a time by (m + K - 1)^2 products, from
/// kernels without dilation and groups; of a kernel with a side of 1 it is F(m, K) along the other. m is at least
/// 2, and m + K - 1 at most 8: errors grow with the points. Of stride S, at most K, it makes the outputs by
/// (S (m - 1) + K)^2 products; S (m - 1) + K is then at most 9, and no pixel may be left over behind the last
/// window.
constexpr kernels::ConvolutionAlgorithm winograd(int m) { return {m}; }

namespace kernels {

/// can_run is whether a geometry can run by an algorithm, its outputs being pooled in windows of
/// pool x pool.
constexpr bool can_run(const Conv2dGeometry& g, ConvolutionAlgorithm algorithm,
                       std::size_t pool = 1) {
  // A position in a window is a byte (epilogue.hpp).
  if (algorithm == direct) return pool == 1 || (pool < 16 && !g.is_depthwise());
  if (algorithm.tile < 2) return false;
  const auto m = static_cast<std::size_t>(algorithm.tile);
  const auto can_along = [=](std::size_t begin, std::size_t in, std::size_t out, std::size_t kernel,
                             std::size_t stride) {
    if (kernel == 1) return stride == 1;
    const std::size_t most = stride == 1 ? 8 : 9; // a tile of 9 x 9 has few points of each phase
    return kernel >= stride && stride * (m - 1) + kernel <= most && m % pool == 0 &&
           begin + in <= stride * (out - 1) + kernel;
  };
  return g.kernel_height * g.kernel_width > 1 && g.dilation_height == 1 && g.dilation_width == 1 &&
         g.groups == 1 &&
         can_along(g.padding_top, g.in_height, g.out_height(), g.kernel_height, g.stride_height) &&
         can_along(g.padding_left, g.in_width, g.out_width(), g.kernel_width, g.stride_width);
}

/// products is the number of multiply-adds of one image forward, between transformed tiles or by the
/// direct algorithm.
constexpr std::size_t products(const Conv2dGeometry& g, ConvolutionAlgorithm algorithm) {
  if (algorithm == direct) return g.multiply_adds();
  const auto m = static_cast<std::size_t>(algorithm.tile);
  const auto points = [m](std::size_t out, std::size_t kernel, std::size_t stride) {
    return kernel > 1 ? (out + m - 1) / m * (stride * (m - 1) + kernel) : out;
  };
  return points(g.out_height(), g.kernel_height, g.stride_height) *
         points(g.out_width(), g.kernel_width, g.stride_width) * g.in_channels * g.out_channels;
}

/// cost is the time of one image in units of a multiply-add. Transforming takes as long as 3 of them
/// for each number of a transformed tile and each direction (measured with F(4, 3), 32 to 256 channels);
/// channels go by vectors of 16.
constexpr std::size_t cost(const Conv2dGeometry& g, ConvolutionAlgorithm algorithm) {
  if (algorithm == direct) return g.multiply_adds();
  const auto vectors = [](std::size_t channels) { return (channels + 15) / 16 * 16; };
  const std::size_t transformed = products(g, algorithm) / (g.in_channels * g.out_channels) *
                                  (vectors(g.in_channels) + vectors(g.out_channels));
  const std::size_t directions = (g.kernel_height > 1) + (g.kernel_width > 1);
  return products(g, algorithm) + 3 * directions * transformed;
}

/// choose_algorithm is the cheapest algorithm that can run; of equals the one with the smaller tile,
/// whose rounding errors are smaller.
constexpr ConvolutionAlgorithm choose_algorithm(const Conv2dGeometry& g, std::size_t pool = 1) {
  ConvolutionAlgorithm best = direct;
  for (int m = 2; m <= 6; ++m)
    if (can_run(g, winograd(m), pool) && cost(g, winograd(m)) < cost(g, best)) best = winograd(m);
  return best;
}

} // namespace kernels
} // namespace ctnn
