// The linear map against its scalar reference.

#include <ctnn/kernels/linear.hpp>
#include <ctnn/kernels/reference/linear.hpp>

#include "kernels/parametric_check.hpp"

namespace kernels = ctnn::kernels;
using kernels::epilogue, kernels::identity, kernels::relu;

namespace {

template <class T, std::size_t In, std::size_t Out, class Epilogue>
constexpr auto& kernel = check::kernel_of<T, kernels::linear<T, In, Out, Epilogue>>;
template <std::size_t In, std::size_t Out, class Epilogue>
constexpr auto& function =
    check::function_of<kernels::linear_geometry(In, Out),
                       kernels::reference::linear<double, In, Out>, Epilogue>;

template <class T, std::size_t In, std::size_t Out, class Epilogue = epilogue<1, identity>>
void equals_reference() {
  check::equals_reference(kernel<T, In, Out, Epilogue>, function<In, Out, Epilogue>,
                          {1, 2, 5, 13, 67});
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
  equals_reference<float, 65, 80, epilogue<1, relu>>();
  equals_reference<double, 20, 17, epilogue<1, kernels::leaky_relu<0.25>>>();
}

TEST_CASE("linear in float is accurate and gives a sample the same bits anywhere") {
  using Epilogue = epilogue<1, relu>; // a kernel that is compiled already
  check::is_accurate(kernel<float, 65, 80, Epilogue>, function<65, 80, Epilogue>, 67, 1e-6);
}
