#pragma once
/// @file
/// Softmax and log-softmax of one row as their plain formulas in double: the specification of
/// kernels/softmax.hpp.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace ctnn::kernels::reference {

inline std::vector<double> log_softmax(std::vector<double> x) {
  const double largest = *std::max_element(x.begin(), x.end());
  double sum = 0;
  for (const double value : x) sum += std::exp(value - largest);
  for (double& value : x) value = value - largest - std::log(sum);
  return x;
}

inline std::vector<double> softmax(std::vector<double> x) {
  x = log_softmax(std::move(x));
  for (double& value : x) value = std::exp(value);
  return x;
}

/// dx = y * (dy - sum(y * dy))
inline std::vector<double> softmax_backward(const std::vector<double>& y, std::vector<double> dy) {
  double sum = 0;
  for (std::size_t c = 0; c < y.size(); ++c) sum += y[c] * dy[c];
  for (std::size_t c = 0; c < y.size(); ++c) dy[c] = y[c] * (dy[c] - sum);
  return dy;
}

/// dx = dy - exp(y) * sum(dy)
inline std::vector<double> log_softmax_backward(const std::vector<double>& y,
                                                std::vector<double> dy) {
  double sum = 0;
  for (const double value : dy) sum += value;
  for (std::size_t c = 0; c < y.size(); ++c) dy[c] -= std::exp(y[c]) * sum;
  return dy;
}

} // namespace ctnn::kernels::reference
