#pragma once
// The law of a kernel with parameters: on small integers, where every sum is exact, it equals its
// scalar reference to the last bit, in buffers of exactly the promised sizes and alignments.

#include "support/catch.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <memory>
#include <new>
#include <type_traits>
#include <vector>

namespace check {

/// Memory with the alignment of a workspace and not one element more than asked for.
template <class T>
class aligned {
  struct free {
    void operator()(T* p) const { ::operator delete (p, std::align_val_t{64}); }
  };
  std::size_t size_;
  std::unique_ptr<T, free> data_;

public:
  explicit aligned(std::size_t size, T value = std::numeric_limits<T>::quiet_NaN())
      : size_(size),
        data_(static_cast<T*>(::operator new (size * sizeof(T), std::align_val_t{64}))) {
    std::uninitialized_fill_n(data_.get(), size, value);
  }
  T* data() const { return data_.get(); }
  std::size_t size() const { return size_; }
};

/// Memory with the alignment of T and no more.
template <class T>
class misaligned {
  aligned<T> data_;

public:
  explicit misaligned(std::size_t size, T value = std::numeric_limits<T>::quiet_NaN())
      : data_(size + 1, value) {}
  T* data() const { return data_.data() + 1; }
  std::size_t size() const { return data_.size() - 1; }
};

/// Integers from -3 to 3.
template <class Buffer>
void fill_integers(Buffer& to, unsigned seed) {
  for (std::size_t i = 0; i < to.size(); ++i) {
    seed = seed * 1664525u + 1013904223u;
    to.data()[i] = static_cast<std::remove_reference_t<decltype(*to.data())>>(
        static_cast<int>((seed >> 16) % 7) - 3);
  }
}

template <class A, class B>
bool equal(const A& a, const B& b) {
  return a.size() == b.size() && std::equal(a.data(), a.data() + a.size(), b.data());
}

/// Kernel and its reference for `n` images of in and out elements.
template <class T, class Kernel, class Reference>
void equals_reference(std::size_t n, std::size_t in, std::size_t out, std::size_t weights,
                      std::size_t biases) {
  misaligned<T> weight(weights), bias(biases), x(n * in), dy(n * out);
  fill_integers(weight, 1), fill_integers(bias, 2), fill_integers(x, 3), fill_integers(dy, 4);
  aligned<T> derived(Kernel::derived_size), scratch(Kernel::scratch_size);
  Kernel::derive(weight.data(), bias.data(), derived.data());

  misaligned<T> y(n * out);
  std::vector<T> y_expected(n * out);
  Kernel::forward(n, x.data(), derived.data(), y.data(), scratch.data());
  Reference::forward(n, x.data(), weight.data(), bias.data(), y_expected.data());
  CHECK(equal(y, y_expected));

  misaligned<T> dx(n * in);
  std::vector<T> dx_expected(n * in);
  Kernel::backward_input(n, dy.data(), derived.data(), dx.data(), scratch.data());
  Reference::backward_input(n, dy.data(), weight.data(), dx_expected.data());
  CHECK(equal(dx, dx_expected));

  aligned<T> gradient(Kernel::derived_gradient_size, 5);
  misaligned<T> dweight(weights), dbias(biases);
  std::vector<T> dweight_expected(weights, 5), dbias_expected(biases, 5);
  Kernel::backward_parameters(n, x.data(), dy.data(), gradient.data(), scratch.data());
  Kernel::derive_adjoint(gradient.data(), dweight.data(), dbias.data());
  Reference::backward_parameters(n, x.data(), dy.data(), dweight_expected.data(),
                                 dbias_expected.data());
  CHECK(equal(dweight, dweight_expected));
  CHECK(equal(dbias, dbias_expected));
}

/// Numbers in [-scale, scale).
template <class Buffer>
void fill_reals(Buffer& to, double scale, unsigned seed) {
  for (std::size_t i = 0; i < to.size(); ++i) {
    seed = seed * 1664525u + 1013904223u;
    to.data()[i] = static_cast<std::remove_reference_t<decltype(*to.data())>>(
        scale * (seed / 2147483648.0 - 1));
  }
}

/// Largest difference over the largest expected magnitude.
template <class A>
double error(const A& a, const std::vector<double>& expected) {
  double difference = 0, largest = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    difference = std::max(difference, std::abs(double(a.data()[i]) - expected[i]));
    largest = std::max(largest, std::abs(expected[i]));
  }
  return difference / largest;
}

template <class Buffer>
std::vector<double> widened(const Buffer& from) {
  return {from.data(), from.data() + from.size()};
}

/// A float kernel against the double reference, and each image alone against the chunk.
template <class Kernel, class Reference>
void is_accurate(std::size_t n, std::size_t in, std::size_t out, std::size_t weights,
                 std::size_t biases) {
  aligned<float> weight(weights), bias(biases), x(n * in), dy(n * out);
  const double scale = 1 / std::sqrt(double(weights) / double(biases)); // as PyTorch initialises
  fill_reals(weight, scale, 1), fill_reals(bias, scale, 2), fill_reals(x, 1, 3);
  fill_reals(dy, 1, 4);
  aligned<float> derived(Kernel::derived_size), scratch(Kernel::scratch_size);
  Kernel::derive(weight.data(), bias.data(), derived.data());
  const auto wide_x = widened(x), wide_dy = widened(dy), wide_weight = widened(weight),
             wide_bias = widened(bias);

  aligned<float> y(n * out);
  std::vector<double> y_expected(n * out);
  Kernel::forward(n, x.data(), derived.data(), y.data(), scratch.data());
  Reference::forward(n, wide_x.data(), wide_weight.data(), wide_bias.data(), y_expected.data());
  CHECK(error(y, y_expected) <= 1e-6);

  aligned<float> alone(n * out);
  for (std::size_t i = 0; i < n; ++i)
    Kernel::forward(1, x.data() + i * in, derived.data(), alone.data() + i * out, scratch.data());
  CHECK(equal(alone, y));

  aligned<float> dx(n * in);
  std::vector<double> dx_expected(n * in);
  Kernel::backward_input(n, dy.data(), derived.data(), dx.data(), scratch.data());
  Reference::backward_input(n, wide_dy.data(), wide_weight.data(), dx_expected.data());
  CHECK(error(dx, dx_expected) <= 1e-6);

  aligned<float> gradient(Kernel::derived_gradient_size, 0), dweight(weights), dbias(biases);
  std::vector<double> dweight_expected(weights), dbias_expected(biases);
  Kernel::backward_parameters(n, x.data(), dy.data(), gradient.data(), scratch.data());
  Kernel::derive_adjoint(gradient.data(), dweight.data(), dbias.data());
  Reference::backward_parameters(n, wide_x.data(), wide_dy.data(), dweight_expected.data(),
                                 dbias_expected.data());
  CHECK(error(dweight, dweight_expected) <= 1e-6);
  CHECK(error(dbias, dbias_expected) <= 1e-6);
}

} // namespace check
