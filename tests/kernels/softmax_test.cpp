// Softmax and log-softmax against their plain formulas in double.

#include "support/catch.hpp"

#include <cmath>
#include <utility>

#include "kernels/exact_buffer.hpp"
#include <ctnn/kernels/reference/softmax.hpp>
#include <ctnn/kernels/softmax.hpp>

using namespace ctnn;
using namespace ctnn::kernels;
using test::ExactBuffer;

namespace {

using Row = std::vector<double>;

template <class T, class Kernel, std::size_t Channels>
void check(Row (*f)(Row), Row (*backward)(const Row&, Row)) {
  for (std::size_t rows : {0u, 1u, 3u})
    for (std::size_t offset = 0; offset < 3; ++offset) {
      const std::size_t size = rows * Channels;
      const ExactBuffer<T> x(test::random_values<T>(size, 3, 4), offset);
      const ExactBuffer<T> dy(test::random_values<T>(size, 5), offset);
      ExactBuffer<T> y(size, offset), dx(size, offset);
      Kernel::forward(rows, x.data(), y.data());
      Kernel::backward(rows, y.data(), dy.data(), dx.data());

      Row expected_y, expected_dx;
      for (std::size_t r = 0; r < rows; ++r) {
        const auto row = [&](const ExactBuffer<T>& b) {
          return Row(b.data() + r * Channels, b.data() + (r + 1) * Channels);
        };
        const Row row_y = f(row(x)), row_dx = backward(row(y), row(dy));
        expected_y.insert(expected_y.end(), row_y.begin(), row_y.end());
        expected_dx.insert(expected_dx.end(), row_dx.begin(), row_dx.end());
      }
      // Rounding x - max, up to 20 here, is what makes most of the error of exp.
      const double limit = 20 * std::numeric_limits<T>::epsilon();
      REQUIRE(test::error(y, expected_y, 1) <= limit);
      REQUIRE(test::error(dx, expected_dx, 1) <= limit);
      REQUIRE((y.start_untouched() && dx.start_untouched()));

      ExactBuffer<T> in_place = x;
      Kernel::forward(rows, in_place.data(), in_place.data());
      REQUIRE(test::same(in_place, y));
      in_place = dy;
      Kernel::backward(rows, y.data(), in_place.data(), in_place.data());
      REQUIRE(test::same(in_place, dx));
    }
}

template <class T, std::size_t... C>
void check_channels(std::index_sequence<C...>) {
  (check<T, softmax<T, C>, C>(reference::softmax, reference::softmax_backward), ...);
  (check<T, log_softmax<T, C>, C>(reference::log_softmax, reference::log_softmax_backward), ...);
}

template <class Kernel, class T>
std::vector<T> forward(std::vector<T> x, std::size_t rows) {
  Kernel::forward(rows, x.data(), x.data());
  return x;
}

} // namespace

TEMPLATE_TEST_CASE("softmax: channel counts around the vector width", "", float, double) {
  constexpr std::size_t lanes = simd::lanes<TestType>; // each count costs a second to compile
  check_channels<TestType>(std::index_sequence<1, 10, lanes - 1, lanes, lanes + 1, 2 * lanes>{});
}

TEMPLATE_TEST_CASE("softmax: extreme inputs neither overflow nor lose the small ones", "", float,
                   double) {
  using T = TestType;
  const T inf = std::numeric_limits<T>::infinity();
  using list = std::vector<T>;
  CHECK(
      test::same(forward<softmax<T, 3>, T>({T(1e4), T(-1e4), T(1e4)}, 1), list{T(0.5), 0, T(0.5)}));
  CHECK(test::same(forward<log_softmax<T, 3>, T>({T(1e4), T(-1e4), 0}, 1),
                   list{0, T(-2e4), T(-1e4)}));
  // All far below zero: a zero behind the row must not pass for the maximum.
  CHECK(test::same(forward<softmax<T, 2>, T>({T(-1e4), T(-1e4)}, 1), list{T(0.5), T(0.5)}));
  const T half = std::log(T(0.5));
  CHECK(test::error(forward<log_softmax<T, 2>, T>({T(-1e4), T(-1e4)}, 1), list{half, half}, 1) <=
        std::numeric_limits<T>::epsilon());
  CHECK(test::same(forward<softmax<T, 2>, T>({-inf, 3}, 1), list{0, 1}));
  CHECK(test::same(forward<log_softmax<T, 2>, T>({-inf, 3}, 1), list{-inf, 0}));
}

TEMPLATE_TEST_CASE("softmax: NaN and infinity spoil their own row only as in PyTorch", "", float,
                   double) {
  using T = TestType;
  const T nan = std::numeric_limits<T>::quiet_NaN(), inf = std::numeric_limits<T>::infinity();
  using list = std::vector<T>;
  const list x{5, 5, nan, 1, 1, nan, inf, 1, -inf, -inf, 5, 5}, bad(8, nan);
  const auto y = forward<softmax<T, 2>, T>(x, 6);
  CHECK(test::same(list(y.begin() + 2, y.end() - 2), bad));
  CHECK((y[0] == T(0.5) && y[1] == T(0.5) && y[10] == T(0.5) && y[11] == T(0.5)));
  const auto log_y = forward<log_softmax<T, 2>, T>(x, 6);
  CHECK(test::same(list(log_y.begin() + 2, log_y.end() - 2), bad));
  CHECK((log_y[0] == log_y[1] && log_y[0] == log_y[10] && log_y[0] < 0));
}

TEMPLATE_TEST_CASE("softmax: a row sums to one and its gradient to zero", "", float, double) {
  using T = TestType;
  constexpr std::size_t channels = 100;
  const auto dy = test::random_values<T>(channels, 2);
  const auto y = forward<softmax<T, channels>, T>(test::random_values<T>(channels, 1, 5), 1);
  std::vector<T> dx(channels);
  softmax<T, channels>::backward(1, y.data(), dy.data(), dx.data());
  double sum = 0, gradient = 0;
  for (std::size_t c = 0; c < channels; ++c) {
    sum += static_cast<double>(y[c]);
    gradient += static_cast<double>(dx[c]);
  }
  CHECK(std::abs(sum - 1) <= 4 * std::numeric_limits<T>::epsilon());
  CHECK(std::abs(gradient) <= 8 * std::numeric_limits<T>::epsilon());
}
