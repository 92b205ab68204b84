#pragma once
/// @file
/// The activations as their plain formulas in double: the specification of kernels/elementwise.hpp.

#include <cmath>

namespace ctnn::kernels::reference {

constexpr double relu(double x) { return x <= 0 ? 0 : x; }
constexpr double relu_backward(double y, double dy) { return y <= 0 ? 0 : dy; }

constexpr double leaky_relu(double x, double negative_slope) {
  return x > 0 ? x : x * negative_slope;
}
constexpr double leaky_relu_backward(double y, double dy, double negative_slope) {
  return y > 0 ? dy : dy * negative_slope;
}

inline double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
constexpr double sigmoid_backward(double y, double dy) { return dy * (y * (1 - y)); }

inline double tanh(double x) { return std::tanh(x); }
constexpr double tanh_backward(double y, double dy) { return dy * (1 - y * y); }

} // namespace ctnn::kernels::reference
