// Batch normalisation by running statistics, by itself and folded, in buffers of exact size full of NaN.
#include <cmath>
#include <cstddef>
#include <vector>

#include <ctnn/kernels/batch_norm.hpp>
#include <ctnn/kernels/conv2d.hpp>
#include <ctnn/kernels/linear.hpp>

#include "kernels/exact_buffer.hpp"
#include "support/catch.hpp"

using namespace ctnn;
using test::ExactBuffer;

namespace {

constexpr double epsilon = 1e-3;

/// The tensors of a norm of some channels, and what it makes of a number.
template <class T, bool Affine>
struct Norm {
  ExactBuffer<T> weight, bias, mean, variance;

  explicit Norm(std::size_t channels)
      : weight(test::random_values<T>(channels, 1), 1),
        bias(test::random_values<T>(channels, 2), 1), mean(test::random_values<T>(channels, 3), 1),
        variance(test::random_values<T>(channels, 4), 1) {
    for (std::size_t c = 0; c < channels; ++c) variance[c] = std::abs(variance[c]) + T(0.1);
  }
  std::vector<const T*> tensors() const {
    if constexpr (Affine) return {weight.data(), bias.data(), mean.data(), variance.data()};
    return {mean.data(), variance.data()};
  }
  double factor(std::size_t c) const {
    return (Affine ? double(weight[c]) : 1) / std::sqrt(double(variance[c]) + epsilon);
  }
  double operator()(std::size_t c, double x) const {
    return (x - double(mean[c])) * factor(c) + (Affine ? double(bias[c]) : 0);
  }
};

template <class T, std::size_t Channels, std::size_t Pixels, bool Affine, class F>
void check(double (*f)(double), double (*df)(double)) {
  using kernel = kernels::batch_norm<T, Channels, Pixels, Affine, epsilon, kernels::epilogue<1, F>>;
  const double limit = 32 * std::numeric_limits<T>::epsilon();
  const Norm<T, Affine> norm(Channels);
  ExactBuffer<T> derived(kernel::derived_size);
  // What pads the vectors is never part of a result.
  kernel::derive(0, norm.tensors(), derived.data());
  for (std::size_t n = 1; n <= 3; ++n) {
    const std::size_t size = n * Pixels * Channels;
    const ExactBuffer<T> x(test::random_values<T>(size, 5), 1),
        dy(test::random_values<T>(size, 6), 1);
    ExactBuffer<T> y(size, 1), dx(size, 1);
    kernel::forward({.n = n,
                     .x = x.data(),
                     .y = y.data(),
                     .tape = nullptr,
                     .derived = derived.data(),
                     .scratch = nullptr});
    kernel::template backward<true, false>({.n = n,
                                            .x = nullptr,
                                            .y = y.data(),
                                            .tape = nullptr,
                                            .derived = derived.data(),
                                            .dy = dy.data(),
                                            .dx = dx.data(),
                                            .derived_gradient = nullptr,
                                            .scratch = nullptr});
    std::vector<double> expected_y(size), expected_dx(size);
    for (std::size_t i = 0; i < size; ++i) {
      const std::size_t c = i % Channels;
      expected_y[i] = f(norm(c, double(x[i])));
      expected_dx[i] = double(dy[i]) * df(expected_y[i]) * norm.factor(c);
    }
    REQUIRE(test::error(y, expected_y, 1) <= limit);
    REQUIRE(test::error(dx, expected_dx, 1) <= limit);
    REQUIRE((y.start_untouched() && dx.start_untouched()));

    ExactBuffer<T> in_place = x;
    kernel::forward({.n = n,
                     .x = in_place.data(),
                     .y = in_place.data(),
                     .tape = nullptr,
                     .derived = derived.data(),
                     .scratch = nullptr});
    REQUIRE(test::same(in_place, y));
  }
}

double same(double x) { return x; }
double one(double) { return 1; }
double relu(double x) { return x > 0 ? x : 0; }
double relu_derivative(double y) { return y > 0 ? 1 : 0; }

/// A folded layer is the layer and then the norm; its gradients are those before the norm, times the
/// factor.
template <class T, bool Bias, bool Affine>
void check_folded() {
  constexpr std::size_t in = 7, out = 19, n = 5;
  using plain = kernels::linear<T, in, out, kernels::epilogue<1, kernels::identity>>;
  using kernel = kernels::folded<T, plain, in * out, out, Bias, Affine, epsilon>;
  const double limit = 64 * std::numeric_limits<T>::epsilon();
  const Norm<T, Affine> norm(out);
  const ExactBuffer<T> weight(test::random_values<T>(in * out, 7), 1),
      bias(test::random_values<T>(out, 8), 1), x(test::random_values<T>(n * in, 9), 1),
      dy(test::random_values<T>(n * out, 10), 1);
  std::vector<const T*> tensors{weight.data()};
  if (Bias) tensors.push_back(bias.data());
  for (const T* tensor : norm.tensors()) tensors.push_back(tensor);

  ExactBuffer<T> derived(kernel::derived_size), scratch(kernel::scratch_size), y(n * out, 1),
      dx(n * in, 1);
  std::vector<T> gradient(kernel::derived_gradient_size);
  kernel::derive(0, tensors, derived.data());
  kernel::forward({.n = n,
                   .x = x.data(),
                   .y = y.data(),
                   .tape = nullptr,
                   .derived = derived.data(),
                   .scratch = scratch.data()});
  kernel::template backward<true, true>({.n = n,
                                         .x = x.data(),
                                         .y = y.data(),
                                         .tape = nullptr,
                                         .derived = derived.data(),
                                         .dy = dy.data(),
                                         .dx = dx.data(),
                                         .derived_gradient = gradient.data(),
                                         .scratch = scratch.data()});
  ExactBuffer<T> dweight(in * out, 1), dbias(out, 1);
  std::vector<T*> gradients{dweight.data()};
  if (Bias) gradients.push_back(dbias.data());
  gradients.resize(tensors.size()); // the norm's: nobody gives them a place
  kernel::derive_adjoint(0, gradient.data(), gradients, tensors);

  std::vector<double> expected_y(n * out), expected_dx(n * in), expected_dweight(in * out),
      expected_dbias(out);
  for (std::size_t s = 0; s < n; ++s)
    for (std::size_t o = 0; o < out; ++o) {
      double z = Bias ? double(bias[o]) : 0;
      const double dz = double(dy[s * out + o]) * norm.factor(o);
      for (std::size_t i = 0; i < in; ++i) {
        z += double(weight[o * in + i]) * double(x[s * in + i]);
        expected_dx[s * in + i] += double(weight[o * in + i]) * dz;
        expected_dweight[o * in + i] += double(x[s * in + i]) * dz;
      }
      expected_y[s * out + o] = norm(o, z);
      expected_dbias[o] += dz;
    }
  CHECK(test::error(y, expected_y, 1) <= limit);
  CHECK(test::error(dx, expected_dx, 1) <= limit);
  CHECK(test::error(dweight, expected_dweight, 1) <= limit);
  if (Bias) CHECK(test::error(dbias, expected_dbias, 1) <= limit);
}

template <class T>
void check_all() {
  check<T, 1, 1, true, kernels::identity>(same, one);
  check<T, 5, 6, true, kernels::relu>(relu, relu_derivative);
  check<T, 16, 3, false, kernels::identity>(same, one);
  check<T, 37, 4, false, kernels::relu>(relu, relu_derivative);
  check_folded<T, true, true>();
  check_folded<T, false, true>();
  check_folded<T, true, false>();
  check_folded<T, false, false>();
}

} // namespace

TEST_CASE("batch normalisation in float and double") {
  check_all<float>();
  check_all<double>();
}
