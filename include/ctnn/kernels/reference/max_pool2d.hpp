#pragma once
/// @file
/// Max pooling, one element at a time: the specification of kernels/max_pool2d.hpp.

#include <cstddef>
#include <limits>

#include <ctnn/kernels/geometry.hpp>

namespace ctnn::kernels::reference {

/// x: n images [H, W, C]. y and index (the winner's position in the window): n images [H', W', C].
template <class T>
constexpr void max_pool2d_forward(const Pool2dGeometry& g, std::size_t n, const T* x, T* y,
                                  T* index) {
  for (std::size_t image = 0; image < n; ++image, x += g.input_size())
    for (std::size_t row = 0; row < g.out_height(); ++row)
      for (std::size_t column = 0; column < g.out_width(); ++column)
        for (std::size_t c = 0; c < g.channels; ++c, ++y, ++index) {
          *y = -std::numeric_limits<T>::infinity();
          *index = -1;
          for (std::size_t k = 0; k < g.kernel_height * g.kernel_width; ++k) {
            // Counted from the padding's edge; the unsigned difference wraps above the image.
            const auto i = row * g.stride_height + k / g.kernel_width - g.padding_top;
            const auto j = column * g.stride_width + k % g.kernel_width - g.padding_left;
            if (i >= g.in_height || j >= g.in_width) continue;
            const T value = x[(i * g.in_width + j) * g.channels + c];
            if (*index == -1 || value > *y || value != value) {
              *y = value;
              *index = static_cast<T>(k);
            }
          }
        }
}

/// Assigns all of dx.
template <class T>
constexpr void max_pool2d_backward(const Pool2dGeometry& g, std::size_t n, const T* index,
                                   const T* dy, T* dx) {
  for (std::size_t i = 0; i < n * g.input_size(); ++i) dx[i] = 0;
  for (std::size_t image = 0; image < n; ++image, dx += g.input_size())
    for (std::size_t row = 0; row < g.out_height(); ++row)
      for (std::size_t column = 0; column < g.out_width(); ++column)
        for (std::size_t c = 0; c < g.channels; ++c, ++index, ++dy) {
          const auto k = static_cast<std::size_t>(*index);
          const auto i = row * g.stride_height + k / g.kernel_width - g.padding_top;
          const auto j = column * g.stride_width + k % g.kernel_width - g.padding_left;
          dx[(i * g.in_width + j) * g.channels + c] += *dy;
        }
}

} // namespace ctnn::kernels::reference
