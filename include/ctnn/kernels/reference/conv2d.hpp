#pragma once
/// @file
/// Convolution in plain scalar code: the specification of the kernel, and its oracle in tests.

#include <cstddef>

#include <ctnn/kernels/geometry.hpp>

namespace ctnn::kernels::reference {

/// Channels-last images [n][height][width][channels]; parameters and their gradients are PyTorch's:
/// weight [out][in / groups][kernel height][kernel width], bias [out].
template <class T, Conv2dGeometry G>
struct conv2d {
  /// y = bias + sum of weight * x. Assigns.
  static constexpr void forward(std::size_t n, const T* x, const T* weight, const T* bias, T* y) {
    for (std::size_t i = 0; i < G.output_size() * n; ++i) y[i] = bias[i % G.out_channels];
    for_each_product(
        n, [&](std::size_t in, std::size_t w, std::size_t out) { y[out] += weight[w] * x[in]; });
  }

  /// Assigns dx.
  static constexpr void backward_input(std::size_t n, const T* dy, const T* weight, T* dx) {
    for (std::size_t i = 0; i < G.input_size() * n; ++i) dx[i] = 0;
    for_each_product(
        n, [&](std::size_t in, std::size_t w, std::size_t out) { dx[in] += weight[w] * dy[out]; });
  }

  /// Adds to dweight and dbias.
  static constexpr void backward_parameters(std::size_t n, const T* x, const T* dy, T* dweight,
                                            T* dbias) {
    for (std::size_t i = 0; i < G.output_size() * n; ++i) dbias[i % G.out_channels] += dy[i];
    for_each_product(
        n, [&](std::size_t in, std::size_t w, std::size_t out) { dweight[w] += x[in] * dy[out]; });
  }

private:
  static constexpr std::size_t seen = G.in_channels / G.groups;

  /// Calls f(place in x, place in weight, place in y) for every product of the convolution.
  template <class F>
  static constexpr void for_each_product(std::size_t n, F f) {
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t oy = 0; oy < G.out_height(); ++oy)
        for (std::size_t ox = 0; ox < G.out_width(); ++ox)
          for (std::size_t ky = 0; ky < G.kernel_height; ++ky)
            for (std::size_t kx = 0; kx < G.kernel_width; ++kx) {
              // Above or left of the image these wrap round and are too large as well.
              const std::size_t y = oy * G.stride_height + ky * G.dilation_height - G.padding_top;
              const std::size_t x = ox * G.stride_width + kx * G.dilation_width - G.padding_left;
              if (y >= G.in_height || x >= G.in_width) continue;
              for (std::size_t out = 0; out < G.out_channels; ++out)
                for (std::size_t in = 0; in < seen; ++in)
                  f(((i * G.in_height + y) * G.in_width + x) * G.in_channels +
                        out / (G.out_channels / G.groups) * seen + in,
                    ((out * seen + in) * G.kernel_height + ky) * G.kernel_width + kx,
                    ((i * G.out_height() + oy) * G.out_width() + ox) * G.out_channels + out);
            }
  }
};

} // namespace ctnn::kernels::reference
