#pragma once
/// @file
/// The linear map in plain scalar code: the specification of the kernel, and its oracle in tests.

#include <cstddef>

namespace ctnn::kernels::reference {

/// Samples [n][features]; weight and its gradient are PyTorch's, [OutFeatures][InFeatures].
template <class T, std::size_t InFeatures, std::size_t OutFeatures>
struct linear {
  /// y = weight x + bias. Assigns.
  static constexpr void forward(std::size_t n, const T* x, const T* weight, const T* bias, T* y) {
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t out = 0; out < OutFeatures; ++out) {
        T sum = bias[out];
        for (std::size_t in = 0; in < InFeatures; ++in)
          sum += weight[out * InFeatures + in] * x[i * InFeatures + in];
        y[i * OutFeatures + out] = sum;
      }
  }

  /// Assigns dx.
  static constexpr void backward_input(std::size_t n, const T* dy, const T* weight, T* dx) {
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t in = 0; in < InFeatures; ++in) {
        T sum = 0;
        for (std::size_t out = 0; out < OutFeatures; ++out)
          sum += weight[out * InFeatures + in] * dy[i * OutFeatures + out];
        dx[i * InFeatures + in] = sum;
      }
  }

  /// Adds to dweight and dbias.
  static constexpr void backward_parameters(std::size_t n, const T* x, const T* dy, T* dweight,
                                            T* dbias) {
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t out = 0; out < OutFeatures; ++out) {
        dbias[out] += dy[i * OutFeatures + out];
        for (std::size_t in = 0; in < InFeatures; ++in)
          dweight[out * InFeatures + in] += x[i * InFeatures + in] * dy[i * OutFeatures + out];
      }
  }
};

} // namespace ctnn::kernels::reference
