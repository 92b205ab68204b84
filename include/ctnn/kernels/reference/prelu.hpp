#pragma once
/// @file
/// What kernels/prelu.hpp computes, element by element.

#include <cstddef>

namespace ctnn::kernels::reference {

template <class T>
void prelu_forward(std::size_t channels, std::size_t count, const T* x, const T* weight, T* y) {
  for (std::size_t i = 0; i < count; ++i) y[i] = x[i] > 0 ? x[i] : x[i] * weight[i % channels];
}

/// Assigns dx and adds to dweight.
template <class T>
void prelu_backward(std::size_t channels, std::size_t count, const T* x, const T* weight,
                    const T* dy, T* dx, double* dweight) {
  for (std::size_t i = 0; i < count; ++i) {
    dx[i] = x[i] > 0 ? dy[i] : dy[i] * weight[i % channels];
    if (!(x[i] > 0))
      dweight[i % channels] += static_cast<double>(x[i]) * static_cast<double>(dy[i]);
  }
}

} // namespace ctnn::kernels::reference
