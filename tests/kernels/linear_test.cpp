// The linear map against its scalar reference.

#include <ctnn/kernels/linear.hpp>
#include <ctnn/kernels/reference/linear.hpp>

#include "kernels/parametric_check.hpp"

namespace kernels = ctnn::kernels;

namespace {

template <class T, std::size_t In, std::size_t Out>
void equals_reference() {
  for (const std::size_t n : {1u, 2u, 5u, 13u, 67u}) {
    CAPTURE(n, In, Out);
    check::equals_reference<T, kernels::linear<T, In, Out>, kernels::reference::linear<T, In, Out>>(
        n, In, Out, In * Out, Out);
  }
}

constexpr bool reference_is_constexpr() {
  const double x[]{1, 2}, weight[]{10, 20, 30, 40}, bias[]{0.5, 0.25};
  double y[2]{};
  kernels::reference::linear<double, 2, 2>::forward(1, x, weight, bias, y);
  return y[0] == 50.5 && y[1] == 110.25;
}
static_assert(reference_is_constexpr());

} // namespace

TEST_CASE("linear equals its reference exactly for every number of features") {
  equals_reference<float, 1, 3>();
  equals_reference<float, 50, 10>();
  equals_reference<float, 65, 80>();
  equals_reference<float, 256, 50>();
  equals_reference<double, 20, 17>();
}

TEST_CASE("linear in float is accurate and gives a sample the same bits in every chunk") {
  check::is_accurate<kernels::linear<float, 256, 50>, kernels::reference::linear<double, 256, 50>>(
      67, 256, 50, 256 * 50, 50);
}
