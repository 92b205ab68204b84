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

constexpr double hardtanh(double x, double min, double max) {
  return x <= min ? min : x >= max ? max : x;
}
constexpr double hardtanh_backward(double y, double dy, double min, double max) {
  return y <= min || y >= max ? 0 : dy;
}

constexpr double relu6(double x) { return hardtanh(x, 0, 6); }
constexpr double relu6_backward(double y, double dy) { return hardtanh_backward(y, dy, 0, 6); }

inline double elu(double x, double alpha) { return x > 0 ? x : alpha * std::expm1(x); }
constexpr double elu_backward(double y, double dy, double alpha) {
  return dy * (y > 0 ? 1 : y + alpha);
}

inline double softplus(double x, double beta, double threshold) {
  return beta * x > threshold ? x : std::log1p(std::exp(beta * x)) / beta;
}
inline double softplus_backward(double y, double dy, double beta, double threshold) {
  return dy * (beta * y > threshold ? 1 : -std::expm1(-beta * y));
}

constexpr double hardsigmoid(double x) { return relu6(x + 3) / 6; }
constexpr double hardsigmoid_backward(double y, double dy) { return y > 0 && y < 1 ? dy / 6 : 0; }

// From here on backward is told x in place of y.

constexpr double hardswish(double x) { return x * hardsigmoid(x); }
constexpr double hardswish_backward(double x, double dy) {
  return x <= -3 ? 0 : x >= 3 ? dy : dy * (x / 3 + 0.5);
}

inline double softplus_of_input_backward(double x, double dy, double beta, double threshold) {
  return dy * (beta * x > threshold ? 1 : sigmoid(beta * x));
}

inline double silu(double x) { return x / (1 + std::exp(-x)); }
inline double silu_backward(double x, double dy) {
  return dy * sigmoid(x) * (1 + x * (1 - sigmoid(x)));
}

/// The probability that a standard normal number is below x. (In long double: x / sqrt 2 in double would
/// cost it the digits that the kernel keeps.)
inline long double normal_below(long double x) { return std::erfc(-x / std::sqrt(2.0L)) / 2; }
inline double gelu(double x) { return static_cast<double>(x * normal_below(x)); }
inline double gelu_backward(double x, double dy) {
  const long double density = std::exp(-0.5L * x * x) / std::sqrt(8 * std::atan(1.0L));
  return dy * static_cast<double>(normal_below(x) + x * density);
}

/// The sigmoid of 2u, which is (1 + tanh(u)) / 2 without the difference that loses its digits.
inline long double gelu_tanh_gate(long double x) {
  const long double u = std::sqrt(1 / (2 * std::atan(1.0L))) * (x + 0.044715L * x * x * x);
  return 1 / (1 + std::exp(-2 * u));
}
inline double gelu_tanh(double x) { return static_cast<double>(x * gelu_tanh_gate(x)); }
inline double gelu_tanh_backward(double x, double dy) {
  const long double gate = gelu_tanh_gate(x), square = static_cast<long double>(x) * x;
  const long double slope = 2 * std::sqrt(1 / (2 * std::atan(1.0L))) * (1 + 3 * 0.044715L * square);
  return dy * static_cast<double>(gate + x * slope * gate * (1 - gate));
}

} // namespace ctnn::kernels::reference
