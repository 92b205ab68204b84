#pragma once
/// @file
/// What kernels/batch_statistics.hpp computes: one pass over all samples for each sum, in double.

#include <cmath>
#include <cstddef>
#include <vector>

namespace ctnn::kernels::reference {

/// A batch_statistics is the batch normalisation of n samples [n][pixels][channels] in training, with
/// weight and bias.
struct batch_statistics {
  std::size_t channels;
  double epsilon;

  std::vector<double> mean, variance; ///< of each channel, over the batch; the variance biased

  template <class T>
  void observe(const std::vector<T>& x) {
    const double elements = static_cast<double>(x.size() / channels);
    mean.assign(channels, 0);
    variance.assign(channels, 0);
    for (std::size_t i = 0; i < x.size(); ++i) mean[i % channels] += double{x[i]} / elements;
    for (std::size_t i = 0; i < x.size(); ++i)
      variance[i % channels] += std::pow(double{x[i]} - mean[i % channels], 2) / elements;
  }

  template <class T>
  double normalised(const std::vector<T>& x, std::size_t i) const {
    const std::size_t c = i % channels;
    return (double{x[i]} - mean[c]) / std::sqrt(variance[c] + epsilon);
  }

  template <class T>
  std::vector<double> forward(const std::vector<T>& x, const std::vector<T>& weight,
                              const std::vector<T>& bias) const {
    std::vector<double> y(x.size());
    for (std::size_t i = 0; i < x.size(); ++i)
      y[i] = normalised(x, i) * double{weight[i % channels]} + double{bias[i % channels]};
    return y;
  }

  /// backward returns dx and assigns the gradients by weight and bias.
  template <class T>
  std::vector<double> backward(const std::vector<T>& x, const std::vector<T>& weight,
                               const std::vector<T>& dy, std::vector<double>& dweight,
                               std::vector<double>& dbias) const {
    const double elements = static_cast<double>(x.size() / channels);
    dweight.assign(channels, 0);
    dbias.assign(channels, 0);
    for (std::size_t i = 0; i < x.size(); ++i) {
      dweight[i % channels] += double{dy[i]} * normalised(x, i);
      dbias[i % channels] += double{dy[i]};
    }
    std::vector<double> dx(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
      const std::size_t c = i % channels;
      dx[i] = double{weight[c]} / std::sqrt(variance[c] + epsilon) *
              (double{dy[i]} - dbias[c] / elements - normalised(x, i) * dweight[c] / elements);
    }
    return dx;
  }
};

} // namespace ctnn::kernels::reference
