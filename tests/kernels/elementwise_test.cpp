// Activations against their plain formulas in double.

#include "support/catch.hpp"

#include "kernels/exact_buffer.hpp"
#include <ctnn/kernels/elementwise.hpp>
#include <ctnn/kernels/reference/elementwise.hpp>

using namespace ctnn;
using namespace ctnn::kernels;
using test::ExactBuffer;

namespace {

struct Formula {
  double (*f)(double);
  double (*backward)(double told, double dy);
};

/// What backward tells the derivative from.
enum class Told { output, input };

/// Every length around the vector width, misaligned, in place and not. `ulps`: allowed relative
/// error in units of epsilon, of y as far as it is not below `floor`.
template <class T, class F, Told From = Told::output>
void check(const Formula& formula, double ulps, double floor = 0x1p-100) {
  const double limit = ulps * std::numeric_limits<T>::epsilon();
  for (std::size_t count = 0; count <= 3 * simd::lanes<T> + 1; ++count)
    for (std::size_t offset = 0; offset < 3; ++offset) {
      const auto seed = static_cast<unsigned>(count);
      const ExactBuffer<T> x(test::random_values<T>(count, seed, 3), offset);
      const ExactBuffer<T> dy(test::random_values<T>(count, seed + 100), offset);
      ExactBuffer<T> y(count, offset), dx(count, offset);
      const ExactBuffer<T>& told = From == Told::output ? y : x;
      elementwise<T, F>::forward(count, x.data(), y.data());
      elementwise<T, F>::backward(count, told.data(), dy.data(), dx.data());

      std::vector<double> expected_y, expected_dx;
      for (std::size_t i = 0; i < count; ++i) {
        expected_y.push_back(formula.f(static_cast<double>(x[i])));
        expected_dx.push_back(
            formula.backward(static_cast<double>(told[i]), static_cast<double>(dy[i])));
      }
      REQUIRE(test::error(y, expected_y, floor) <= limit);
      // 1 - y cancels: the error is that of y, not of the difference.
      REQUIRE(test::error(dx, expected_dx, 1) <= limit);
      REQUIRE((y.start_untouched() && dx.start_untouched()));

      ExactBuffer<T> in_place = x;
      elementwise<T, F>::forward(count, in_place.data(), in_place.data());
      REQUIRE(test::same(in_place, y));
      in_place = dy;
      elementwise<T, F>::backward(count, told.data(), in_place.data(), in_place.data());
      REQUIRE(test::same(in_place, dx));
    }
}

template <class T, class F>
std::vector<T> forward(std::vector<T> x) {
  elementwise<T, F>::forward(x.size(), x.data(), x.data());
  return x;
}

template <class T, class F>
std::vector<T> backward(const std::vector<T>& y, std::vector<T> dy) {
  elementwise<T, F>::backward(dy.size(), y.data(), dy.data(), dy.data());
  return dy;
}

} // namespace

TEMPLATE_TEST_CASE("elementwise: activations follow their formulas at every length", "", float,
                   double) {
  using T = TestType;
  check<T, relu>({reference::relu, reference::relu_backward}, 0);
  check<T, leaky_relu<0.01>>(
      {[](double x) { return reference::leaky_relu(x, 0.01); },
       [](double y, double dy) { return reference::leaky_relu_backward(y, dy, 0.01); }},
      1);
  check<T, sigmoid>({reference::sigmoid, reference::sigmoid_backward}, 3);
  check<T, tanh_activation>({reference::tanh, reference::tanh_backward}, 3);
  check<T, relu6>({reference::relu6, reference::relu6_backward}, 0);
  check<T, hardsigmoid>({reference::hardsigmoid, reference::hardsigmoid_backward}, 3);
  check<T, hardtanh<-1.5, 0.75>>(
      {[](double x) { return reference::hardtanh(x, -1.5, 0.75); },
       [](double y, double dy) { return reference::hardtanh_backward(y, dy, -1.5, 0.75); }},
      0);
  check<T, elu<0.5>>({[](double x) { return reference::elu(x, 0.5); },
                      [](double y, double dy) { return reference::elu_backward(y, dy, 0.5); }},
                     3);
  check<T, softplus<2.0, 20.0>>(
      {[](double x) { return reference::softplus(x, 2, 20); },
       [](double y, double dy) { return reference::softplus_backward(y, dy, 2, 20); }},
      8);
}

TEMPLATE_TEST_CASE("elementwise: activations of the input follow their formulas at every length",
                   "", float, double) {
  using T = TestType;
  check<T, hardswish, Told::input>({reference::hardswish, reference::hardswish_backward}, 4);
  check<T, softplus_of_input<2.0, 1.0>, Told::input>(
      {[](double x) { return reference::softplus(x, 2, 1); },
       [](double x, double dy) { return reference::softplus_of_input_backward(x, dy, 2, 1); }},
      8);
  check<T, silu, Told::input>({reference::silu, reference::silu_backward}, 4);
  // Far below zero the argument of exp is large, and so is what its rounding does to a small y.
  check<T, gelu, Told::input>({reference::gelu, reference::gelu_backward}, 4, 0.1);
  check<T, gelu_tanh, Told::input>({reference::gelu_tanh, reference::gelu_tanh_backward}, 20, 0.1);
}

TEMPLATE_TEST_CASE("elementwise: a value does not depend on its place in a vector", "", float,
                   double) {
  using T = TestType;
  const auto x = test::random_values<T>(2 * simd::lanes<T> - 1, 7, 3);
  const auto together = forward<T, sigmoid>(x);
  for (std::size_t i = 0; i < x.size(); ++i) REQUIRE(forward<T, sigmoid>({x[i]})[0] == together[i]);
}

TEMPLATE_TEST_CASE("relu: NaN passes and an inactive place blocks even an infinite gradient", "",
                   float, double) {
  using T = TestType;
  const T nan = std::numeric_limits<T>::quiet_NaN(), inf = std::numeric_limits<T>::infinity();
  using list = std::vector<T>;
  CHECK(test::same(forward<T, relu>({nan, inf, -inf, 2, -2, 0}), list{nan, inf, 0, 2, 0, 0}));
  // PyTorch 1.13, relu's gradient for these outputs and gradients: [5, 0, 0, nan, inf]
  CHECK(test::same(backward<T, relu>({nan, 0, 0, 1, 1}, {5, inf, nan, nan, inf}),
                   list{5, 0, 0, nan, inf}));
}

TEMPLATE_TEST_CASE("leaky_relu: NaN passes and infinities are scaled", "", float, double) {
  using T = TestType;
  const T nan = std::numeric_limits<T>::quiet_NaN(), inf = std::numeric_limits<T>::infinity();
  using list = std::vector<T>;
  using half = leaky_relu<0.5>;
  CHECK(test::same(forward<T, half>({nan, inf, -inf, -2, 0}), list{nan, inf, -inf, -1, 0}));
  CHECK(test::same(backward<T, half>({nan, -1, 1, 0}, {4, inf, nan, 2}), list{2, inf, nan, 1}));
}

TEMPLATE_TEST_CASE("sigmoid and tanh: saturate without overflow and pass NaN", "", float, double) {
  using T = TestType;
  const T nan = std::numeric_limits<T>::quiet_NaN(), inf = std::numeric_limits<T>::infinity();
  using list = std::vector<T>;
  const list far{T(1e4), T(-1e4), inf, -inf, T(800), T(-800), 0, nan};
  CHECK(test::same(forward<T, sigmoid>(far), list{1, 0, 1, 0, 1, 0, T(0.5), nan}));
  CHECK(test::same(forward<T, tanh_activation>(far), list{1, -1, 1, -1, 1, -1, 0, nan}));
  CHECK(test::same(backward<T, sigmoid>({1, 0, T(0.5), nan}, {3, 3, 4, 1}), list{0, 0, 1, nan}));
  CHECK(
      test::same(backward<T, tanh_activation>({1, -1, 0, nan}, {3, 3, 4, 1}), list{0, 0, 4, nan}));

  std::vector<double> expected; // all over the range, also where exp itself would overflow
  list x;
  for (double value = -80; value < 80; value += 0.37) x.push_back(static_cast<T>(value));
  for (const T value : x) expected.push_back(reference::sigmoid(static_cast<double>(value)));
  CHECK(test::error(forward<T, sigmoid>(x), expected, 0) <= 3 * std::numeric_limits<T>::epsilon());
}

TEMPLATE_TEST_CASE("relu6 and hardsigmoid: the kinks, NaN and infinite gradients", "", float,
                   double) {
  using T = TestType;
  const T nan = std::numeric_limits<T>::quiet_NaN(), inf = std::numeric_limits<T>::infinity();
  using list = std::vector<T>;
  CHECK(test::same(forward<T, relu6>({nan, inf, -inf, 2, -2, 0, 6, 7}),
                   list{nan, 6, 0, 2, 0, 0, 6, 6}));
  CHECK(test::same(backward<T, relu6>({nan, 0, 6, 1, 6, 0}, {4, 2, 2, inf, inf, nan}),
                   list{4, 0, 0, inf, 0, 0}));
  CHECK(test::same(forward<T, hardsigmoid>({nan, inf, -inf, -3, 3, 0, -4, 4}),
                   list{nan, 1, 0, 0, 1, T(0.5), 0, 1}));
  CHECK(test::same(backward<T, hardsigmoid>({nan, 0, 1, T(0.5), 0}, {6, 6, 6, 6, inf}),
                   list{0, 0, 0, 1, 0}));
}

TEMPLATE_TEST_CASE("hardtanh, elu, softplus: the ends, the kinks, NaN", "", float, double) {
  using T = TestType;
  const T nan = std::numeric_limits<T>::quiet_NaN(), inf = std::numeric_limits<T>::infinity();
  using list = std::vector<T>;
  using clip = hardtanh<-1.0, 2.0>;
  CHECK(test::same(forward<T, clip>({nan, inf, -inf, -1, 0, 2, 3}), list{nan, 2, -1, -1, 0, 2, 2}));
  CHECK(test::same(backward<T, clip>({nan, -1, 2, 1, 2, -1}, {4, 2, 2, inf, inf, nan}),
                   list{4, 0, 0, inf, 0, 0}));

  using half = elu<0.5>;
  CHECK(test::same(forward<T, half>({nan, inf, -inf, T(-1e4), 0, T(1e4)}),
                   list{nan, inf, T(-0.5), T(-0.5), 0, T(1e4)}));
  CHECK(test::same(backward<T, half>({nan, T(-0.5), 0, 3}, {4, 4, 4, 4}), list{nan, 0, 2, 4}));

  using plus = softplus<1.0, 20.0>;
  const T next = std::nextafter(T(20), T(21));
  CHECK(test::same(forward<T, plus>({nan, inf, -inf, T(-1e4), T(1e4), next}),
                   list{nan, inf, 0, 0, T(1e4), next}));
  CHECK(test::same(backward<T, plus>({nan, 0, next, inf}, {4, 4, 4, 4}), list{nan, 0, 4, 4}));
  // No threshold keeps exp from overflowing.
  CHECK(test::same(forward<T, softplus<1.0, 1e6>>({T(1e4), T(2e6)}), list{T(1e4), T(2e6)}));
  using low = softplus_of_input<1.0, -1.0>;
  CHECK(test::same(forward<T, low>({T(-0.5), -inf, nan}), list{T(-0.5), 0, nan}));
  CHECK(test::same(backward<T, low>({T(-0.5), -inf, nan}, {4, 4, 4}), list{4, 0, nan}));
}

TEMPLATE_TEST_CASE("elu and softplus: keep their digits all over the range", "", float, double) {
  using T = TestType;
  std::vector<T> x;
  for (double value = -40; value < 24; value += 0.0237) x.push_back(static_cast<T>(value));
  for (double value = 1; value > 1e-30; value /= 7) x.push_back(static_cast<T>(-value));
  const auto e = forward<T, elu<1.0>>(x), s = forward<T, softplus<1.0, 20.0>>(x);
  const auto ds = backward<T, softplus<1.0, 20.0>>(s, std::vector<T>(x.size(), T(1)));
  const double limit = 4 * std::numeric_limits<T>::epsilon();
  for (std::size_t i = 0; i < x.size(); ++i) {
    const auto at = static_cast<double>(x[i]), y = static_cast<double>(s[i]);
    CAPTURE(at);
    REQUIRE(test::error(std::vector{e[i]}, std::vector{reference::elu(at, 1)}, 0) <= limit);
    REQUIRE(test::error(std::vector{s[i]}, std::vector{reference::softplus(at, 1, 20)}, 0) <=
            limit);
    REQUIRE(test::error(std::vector{ds[i]}, std::vector{reference::softplus_backward(y, 1, 1, 20)},
                        0) <= limit);
  }
}

TEMPLATE_TEST_CASE("activations of the input: zeros, the far ends, NaN", "", float, double) {
  using T = TestType;
  const T nan = std::numeric_limits<T>::quiet_NaN(), inf = std::numeric_limits<T>::infinity();
  const T huge = std::numeric_limits<T>::max();
  using list = std::vector<T>;
  const list far{T(1e4), T(-1e4), huge, -huge, 0, nan}, ones(6, T(1));
  const list f{T(1e4), 0, huge, 0, 0, nan};
  CHECK(test::same(forward<T, silu>(far), f));
  CHECK(test::same(forward<T, gelu>(far), f));
  CHECK(test::same(forward<T, gelu_tanh>(far), f));
  CHECK(test::same(backward<T, silu>(far, ones), list{1, 0, 1, 0, T(0.5), nan}));
  CHECK(test::same(backward<T, gelu>(far, ones), list{1, 0, 1, 0, T(0.5), nan}));
  CHECK(test::same(backward<T, gelu_tanh>(far, ones), list{1, 0, 1, 0, T(0.5), nan}));

  // The sign of a zero is that of x, as PyTorch has it; minus infinity times 0 is NaN, there too.
  for (const T zero : {T(0), -T(0)}) {
    CHECK(std::signbit(forward<T, silu>({zero})[0]) == std::signbit(zero));
    CHECK(std::signbit(forward<T, gelu>({zero})[0]) == std::signbit(zero));
    CHECK(std::signbit(forward<T, gelu_tanh>({zero})[0]) == std::signbit(zero));
    CHECK(std::signbit(forward<T, hardswish>({zero})[0]) == std::signbit(zero));
  }
  CHECK(test::same(forward<T, silu>({inf, -inf}), list{inf, nan}));
  CHECK(test::same(forward<T, gelu>({inf, -inf}), list{inf, nan}));
  CHECK(test::same(forward<T, gelu_tanh>({inf, -inf}), list{inf, nan}));
  CHECK(test::same(forward<T, hardswish>({inf, -inf, nan}), list{inf, nan, nan}));

  CHECK(test::same(forward<T, hardswish>({-4, -3, 3, 4}), list{0, 0, 3, 4}));
  CHECK(test::same(backward<T, hardswish>({-4, -3, 3, 4, nan, 0}, {inf, 2, 2, 2, 2, 2}),
                   list{0, 0, 2, 2, 2, 1}));
}

TEMPLATE_TEST_CASE("gelu: keeps its digits all over the range", "", float, double) {
  using T = TestType;
  std::vector<T> x;
  for (double value = -12; value < 12; value += 0.0137) x.push_back(static_cast<T>(value));
  const auto y = forward<T, gelu>(x), dx = backward<T, gelu>(x, std::vector<T>(x.size(), T(1)));
  for (std::size_t i = 0; i < x.size(); ++i) {
    const auto at = static_cast<double>(x[i]);
    // Rounding x² is what exp(-x² / 2) makes most of its error of.
    const double limit = (4 + at * at / 4) * std::numeric_limits<T>::epsilon();
    REQUIRE(std::abs(static_cast<double>(y[i]) - reference::gelu(at)) <=
            limit * std::abs(reference::gelu(at)));
    REQUIRE(std::abs(static_cast<double>(dx[i]) - reference::gelu_backward(at, 1)) <=
            3 * std::numeric_limits<T>::epsilon());
  }
}
