// PReLU against its formula: values and input gradients bit for bit.

#include "support/catch.hpp"

#include "kernels/exact_buffer.hpp"
#include <ctnn/kernels/prelu.hpp>
#include <ctnn/kernels/reference/prelu.hpp>

using namespace ctnn;
using namespace ctnn::kernels;
using test::ExactBuffer;

namespace {

template <class T, std::size_t Channels>
void check() {
  constexpr std::size_t lanes = simd::lanes<T>;
  for (const std::size_t rows :
       {std::size_t{0}, std::size_t{1}, lanes - 1, lanes, lanes + 1, 130 * lanes + 5})
    for (std::size_t offset = 0; offset < 2; ++offset) {
      const std::size_t count = rows * Channels;
      auto numbers = test::random_values<T>(count, 3);
      for (std::size_t i = 0; i < count; i += 5) numbers[i] = 0;
      const ExactBuffer<T> x(numbers, offset), dy(test::random_values<T>(count, 5), offset);
      const ExactBuffer<T> weight(test::random_values<T>(Channels, 7), offset);
      ExactBuffer<T> y(count, offset), dx(count, offset);
      ExactBuffer<T> dweight(std::vector<T>(Channels, T(2)), offset); // is added to
      prelu<T, Channels>::forward(count, x.data(), weight.data(), y.data());
      prelu<T, Channels>::backward(count, x.data(), weight.data(), dy.data(), dx.data(),
                                   dweight.data());

      std::vector<T> expected_y(count), expected_dx(count);
      std::vector<double> expected_dweight(Channels, 2);
      reference::prelu_forward(Channels, count, x.data(), weight.data(), expected_y.data());
      reference::prelu_backward(Channels, count, x.data(), weight.data(), dy.data(),
                                expected_dx.data(), expected_dweight.data());
      CAPTURE(Channels, rows, offset);
      REQUIRE(test::same(y, expected_y));
      REQUIRE(test::same(dx, expected_dx));
      REQUIRE(test::error(dweight, expected_dweight) <= 20 * std::numeric_limits<T>::epsilon());
      REQUIRE((y.start_untouched() && dx.start_untouched() && dweight.start_untouched()));

      ExactBuffer<T> in_place = x;
      prelu<T, Channels>::forward(count, in_place.data(), weight.data(), in_place.data());
      REQUIRE(test::same(in_place, y));
      in_place = dy;
      prelu<T, Channels>::backward(count, x.data(), weight.data(), in_place.data(), in_place.data(),
                                   dweight.data());
      REQUIRE(test::same(in_place, dx));
    }
}

} // namespace

TEMPLATE_TEST_CASE("prelu: channels in a vector, of vectors, and across them", "", float, double) {
  constexpr std::size_t lanes = simd::lanes<TestType>;
  check<TestType, 1>();
  check<TestType, 3>();
  check<TestType, lanes / 2>();
  check<TestType, lanes - 1>();
  check<TestType, lanes>();
  check<TestType, 2 * lanes + 1>();
}

TEMPLATE_TEST_CASE("prelu: a sum of integers is exact", "", float, double) {
  using T = TestType;
  const std::vector<T> x(3 * 5000, T(-1)), dy(x.size(), T(1)), weight(3, T(0.5));
  std::vector<T> dx(x.size()), dweight(3);
  prelu<T, 3>::backward(x.size(), x.data(), weight.data(), dy.data(), dx.data(), dweight.data());
  CHECK(dweight == std::vector<T>(3, T(-5000)));
  CHECK(dx == std::vector<T>(x.size(), T(0.5)));
}

TEMPLATE_TEST_CASE("prelu: NaN passes and a positive place adds nothing to the slope", "", float,
                   double) {
  using T = TestType;
  const T nan = std::numeric_limits<T>::quiet_NaN(), inf = std::numeric_limits<T>::infinity();
  const std::vector<T> x{nan, -inf, inf, 2, 0}, weight{T(0.5)};
  std::vector<T> y(5), dx(2), dweight(1);
  prelu<T, 1>::forward(5, x.data(), weight.data(), y.data());
  CHECK(test::same(y, std::vector<T>{nan, -inf, inf, 2, 0}));
  const std::vector<T> dy{inf, nan};
  prelu<T, 1>::backward(2, x.data() + 2, weight.data(), dy.data(), dx.data(), dweight.data());
  CHECK(test::same(dx, dy));
  CHECK(dweight[0] == 0);
}
