#pragma once
// The law of a kernel with parameters: what it computes in buffers of exactly the promised sizes
// and alignments, all NaN before, is what scalar code computes in double precision.

#include "support/catch.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <memory>
#include <new>
#include <random>
#include <span>
#include <vector>

#include "kernels/exact_buffer.hpp"
#include <ctnn/kernels/elementwise.hpp>
#include <ctnn/kernels/epilogue.hpp>
#include <ctnn/kernels/reference/elementwise.hpp>
#include <ctnn/kernels/reference/max_pool2d.hpp>

namespace check {

namespace kernels = ctnn::kernels;
using ctnn::test::error, ctnn::test::ExactBuffer, ctnn::test::same;
using kernels::Conv2dGeometry;
using kernels::Pool2dGeometry;

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
ExactBuffer<T> misaligned(std::size_t size) {
  return ExactBuffer<T>(size, 1);
}
template <class T>
ExactBuffer<T> misaligned(const std::vector<double>& values) {
  return ExactBuffer<T>(std::vector<T>(values.begin(), values.end()), 1);
}

inline double value(kernels::identity, double x) { return x; }
inline double value(kernels::relu, double x) { return kernels::reference::relu(x); }
template <double Slope>
double value(kernels::leaky_relu<Slope>, double x) {
  return kernels::reference::leaky_relu(x, Slope);
}
inline double gradient(kernels::identity, double, double dy) { return dy; }
inline double gradient(kernels::relu, double y, double dy) {
  return kernels::reference::relu_backward(y, dy);
}
template <double Slope>
double gradient(kernels::leaky_relu<Slope>, double y, double dy) {
  return kernels::reference::leaky_relu_backward(y, dy, Slope);
}

/// What goes into a kernel, and what comes out of it; of windows the tape of an epilogue.
struct inputs {
  std::size_t n;
  std::vector<double> weight, bias, x, dy;
};
template <class Buffer, class Tape>
struct results {
  Buffer y;
  Tape tape;
  Buffer dx, dweight, dbias;
};
using exact_results = results<std::vector<double>, std::vector<double>>;
template <class T>
using kernel_results = results<ExactBuffer<T>, ExactBuffer<std::uint8_t>>;

/// A kernel's constants and functions as values, so that what follows is compiled only once.
template <class T>
struct kernel {
  std::size_t derived_size, derived_gradient_size, scratch_size, derive_tasks;
  void (*derive)(std::size_t part, std::span<const T* const> parameters, T* derived);
  void (*derive_adjoint)(std::size_t part, const T* gradient, std::span<T* const> gradients);
  void (*forward)(const kernels::forward_chunk<T>& chunk);
  using Backward = void(const kernels::backward_chunk<T>& chunk);
  Backward *backward, *backward_without_dx, *backward_dx_only;
  bool assigns_gradient; ///< in the first chunk of a shard

  /// The parameters are {weight, bias}, or {weight}.
  void derive_all(const std::vector<const T*>& parameters, T* derived) const {
    for (std::size_t part = derive_tasks; part-- > 0;) derive(part, parameters, derived);
  }
  void adjoint_all(const T* gradient, const std::vector<T*>& gradients) const {
    for (std::size_t part = derive_tasks; part-- > 0;) derive_adjoint(part, gradient, gradients);
  }
};
template <class T, class K>
constexpr kernel<T> kernel_of{K::derived_size, K::derived_gradient_size, K::scratch_size,
                              K::derive_tasks, K::derive, K::derive_adjoint, K::forward,
                              K::template backward<true, true>, K::template backward<false, true>,
                              K::template backward<true, false>, requires {K::assigns_gradient;
}
}
;

/// The function y = F(max over Pool x Pool windows of (map of x)) in scalar code and in double.
struct function {
  Conv2dGeometry geometry;
  std::size_t pool;
  double (*value)(double x);
  double (*gradient)(double y, double dy);
  void (*forward)(std::size_t n, const double* x, const double* weight, const double* bias,
                  double* y);
  void (*backward_input)(std::size_t n, const double* dy, const double* weight, double* dx);
  void (*backward_parameters)(std::size_t n, const double* x, const double* dy, double* dweight,
                              double* dbias);

  std::size_t in() const { return geometry.input_size(); }
  std::size_t out() const { return geometry.output_size() / (pool * pool); }

  exact_results expected(const inputs& given) const {
    const Conv2dGeometry& g = geometry;
    const Pool2dGeometry windows{
        g.out_channels, g.out_height(), g.out_width(), pool, pool, pool, pool, 0, 0};
    const std::size_t n = given.n;
    const auto zeros = [](std::size_t size) { return std::vector<double>(size); };
    auto outputs = zeros(n * g.output_size()), seed = zeros(n * out());
    exact_results r{zeros(n * out()), zeros(n * out()), zeros(n * in()), zeros(given.weight.size()),
                    zeros(given.bias.size())};
    forward(n, given.x.data(), given.weight.data(), given.bias.data(), outputs.data());
    kernels::reference::max_pool2d_forward(windows, n, outputs.data(), r.y.data(), r.tape.data());
    for (std::size_t i = 0; i < seed.size(); ++i) {
      r.y[i] = value(r.y[i]);
      seed[i] = gradient(r.y[i], given.dy[i]);
    }
    kernels::reference::max_pool2d_backward(windows, n, r.tape.data(), seed.data(), outputs.data());
    for (std::size_t i = 0; i < seed.size(); ++i) // 0 where nothing passes
      r.tape[i] = gradient(r.y[i], 1) == 0 ? 0 : r.tape[i] + 1;
    backward_input(n, outputs.data(), given.weight.data(), r.dx.data());
    backward_parameters(n, given.x.data(), outputs.data(), r.dweight.data(), r.dbias.data());
    return r;
  }
};
/// Map is the reference of the convolution or the linear map.
template <Conv2dGeometry G, class Map, class Epilogue>
constexpr function function_of{
    G,
    Epilogue::pool,
    [](double x) { return value(typename Epilogue::function{}, x); },
    [](double y, double dy) { return gradient(typename Epilogue::function{}, y, dy); },
    Map::forward,
    Map::backward_input,
    Map::backward_parameters};

/// Integers from -3 to 3.
inline inputs integer_inputs(const function& f, std::size_t n) {
  const auto integers = [](std::size_t size, unsigned seed) {
    std::mt19937 engine(seed);
    std::vector<double> values(size);
    for (double& value : values) value = static_cast<double>(engine() % 7) - 3;
    return values;
  };
  return {n, integers(f.geometry.weight_size(), 1), integers(f.geometry.out_channels, 2),
          integers(n * f.in(), 3), integers(n * f.out(), 4)};
}

/// Inputs and gradients N(0, 1), parameters as PyTorch initialises them; representable in T.
template <class T>
inputs real_inputs(const function& f, std::size_t n) {
  const std::size_t weights = f.geometry.weight_size(), biases = f.geometry.out_channels;
  const double bound = std::sqrt(static_cast<double>(biases) / static_cast<double>(weights));
  const auto normal = [](std::size_t size, unsigned seed) {
    const auto values = ctnn::test::random_values<T>(size, seed);
    return std::vector<double>(values.begin(), values.end());
  };
  const auto uniform = [&](std::size_t size, unsigned seed) {
    std::mt19937 engine(seed);
    std::vector<double> values(size);
    for (double& value : values)
      value = static_cast<T>(bound * (static_cast<double>(engine()) / 0x1p31 - 1));
    return values;
  };
  return {n, uniform(weights, 1), uniform(biases, 2), normal(n * f.in(), 3),
          normal(n * f.out(), 4)};
}

/// Forward and backward. Backward is given the decisions `expected`: y and the tape of windows.
/// The gradients start from `start` and are what was added to it.
template <class T>
kernel_results<T> run(const kernel<T>& k, const function& f, const inputs& given,
                      const exact_results& expected, T start) {
  const std::size_t n = given.n;
  const auto scratch = [&] { return aligned<T>(k.scratch_size); };
  const auto weight = misaligned<T>(given.weight), bias = misaligned<T>(given.bias),
             x = misaligned<T>(given.x), dy = misaligned<T>(given.dy),
             y = misaligned<T>(expected.y);
  const auto tape = misaligned<std::uint8_t>(expected.tape);
  kernel_results<T> r{misaligned<T>(y.size()), misaligned<std::uint8_t>(y.size()),
                      misaligned<T>(x.size()), misaligned<T>(weight.size()),
                      misaligned<T>(bias.size())};
  aligned<T> derived(k.derived_size);
  k.derive_all({weight.data(), bias.data()}, derived.data());
  const auto forward = [&](std::size_t images, const T* from, T* to, std::uint8_t* tape_or_null) {
    const auto own = scratch();
    k.forward({.n = images,
               .x = from,
               .y = to,
               .tape = tape_or_null,
               .derived = derived.data(),
               .scratch = own.data()});
  };
  forward(n, x.data(), r.y.data(), f.pool > 1 ? r.tape.data() : nullptr);
  // An image alone has the bits that it has among others, and so has what nobody asks the tape of.
  auto alone = r.y, y_only = r.y;
  auto alone_tape = r.tape;
  for (std::size_t i = 0; i < n; ++i)
    forward(1, x.data() + i * f.in(), alone.data() + i * f.out(),
            f.pool > 1 ? alone_tape.data() + i * f.out() : nullptr);
  forward(n, x.data(), y_only.data(), nullptr);
  CHECK((same(alone, r.y) && same(alone_tape, r.tape) && same(y_only, r.y)));

  aligned<T> gradient(k.derived_gradient_size, start), without_dx(k.derived_gradient_size, start);
  auto dweight = r.dweight, dbias = r.dbias;
  k.adjoint_all(gradient.data(), {dweight.data(), dbias.data()});
  const std::uint8_t* const told = f.pool > 1 ? tape.data() : nullptr;
  const auto backward = [&](auto* pass, T* dx, T* derived_gradient, bool opens_shard = false) {
    const auto own = scratch();
    pass({.n = n,
          .x = x.data(),
          .y = y.data(),
          .tape = told,
          .derived = derived.data(),
          .dy = dy.data(),
          .dx = dx,
          .derived_gradient = derived_gradient,
          .opens_shard = opens_shard,
          .scratch = own.data()});
  };
  backward(k.backward, r.dx.data(), gradient.data());
  backward(k.backward_without_dx, nullptr, without_dx.data());
  CHECK(std::equal(gradient.data(), gradient.data() + gradient.size(), without_dx.data()));
  k.adjoint_all(gradient.data(), {r.dweight.data(), r.dbias.data()});
  if (k.assigns_gradient) { // all of it, to what adding to zeros would give
    aligned<T> added(gradient.size(), 0),
        assigned(gradient.size(), std::numeric_limits<T>::quiet_NaN());
    backward(k.backward, r.dx.data(), added.data());
    backward(k.backward, r.dx.data(), assigned.data(), /*opens_shard=*/true);
    CHECK(std::equal(added.data(), added.data() + added.size(), assigned.data()));
  }
  // A frozen layer's dx is the same, and nobody gives it a place for its gradients.
  auto dx_only = misaligned<T>(x.size());
  backward(k.backward_dx_only, dx_only.data(), nullptr);
  CHECK(same(dx_only, r.dx));

  // Without a bias it is as with one of zeros, and the weight's gradient is the same.
  const auto zeros = misaligned<T>(std::vector<double>(bias.size()));
  auto y_without = r.y, y_zero = r.y, dweight_alone = r.dweight;
  k.derive_all({weight.data()}, derived.data());
  forward(n, x.data(), y_without.data(), nullptr);
  k.derive_all({weight.data(), zeros.data()}, derived.data());
  forward(n, x.data(), y_zero.data(), nullptr);
  k.adjoint_all(gradient.data(), {dweight_alone.data()});
  CHECK((same(y_without, y_zero) && same(dweight_alone, r.dweight)));
  CHECK((r.y.start_untouched() && r.tape.start_untouched() && r.dx.start_untouched() &&
         r.dweight.start_untouched() && r.dbias.start_untouched()));
  for (std::size_t i = 0; i < dweight.size(); ++i) r.dweight[i] -= dweight[i];
  for (std::size_t i = 0; i < dbias.size(); ++i) r.dbias[i] -= dbias[i];
  return r;
}

/// On small integers, where every sum is exact, a direct kernel equals its reference to the last
/// bit.
template <class T>
void equals_reference(const kernel<T>& k, const function& f,
                      std::initializer_list<std::size_t> numbers_of_images) {
  const Conv2dGeometry& g = f.geometry;
  for (const std::size_t n : numbers_of_images) {
    CAPTURE(n, sizeof(T), g.in_channels, g.in_height, g.in_width, g.out_channels, g.kernel_height,
            g.kernel_width, g.stride_height, g.stride_width, g.padding_top, g.padding_left, f.pool);
    const inputs given = integer_inputs(f, n);
    const auto expected = f.expected(given);
    const auto r = run<T>(k, f, given, expected, 5);
    CHECK(same(r.y, expected.y));
    if (f.pool > 1) CHECK(same(r.tape, expected.tape));
    CHECK(same(r.dx, expected.dx));
    CHECK(same(r.dweight, expected.dweight));
    CHECK(same(r.dbias, expected.dbias));
  }
}

/// On real numbers a kernel comes within `tolerance` of the largest value of each result.
template <class T>
void is_accurate(const kernel<T>& k, const function& f, std::size_t n, double tolerance,
                 T start = 0) {
  const inputs given = real_inputs<T>(f, n);
  const auto expected = f.expected(given);
  const auto r = run<T>(k, f, given, expected, start);
  CHECK(error(r.y, expected.y) <= tolerance);
  CHECK(error(r.dx, expected.dx) <= tolerance);
  CHECK(error(r.dweight, expected.dweight) <= tolerance);
  CHECK(error(r.dbias, expected.dbias) <= tolerance);
}

} // namespace check
