// Direct convolution against its scalar reference.

#include <ctnn/kernels/conv2d.hpp>
#include <ctnn/kernels/reference/conv2d.hpp>

#include "kernels/parametric_check.hpp"

namespace kernels = ctnn::kernels;
using kernels::Conv2dGeometry, kernels::epilogue, kernels::identity, kernels::relu;

namespace {

template <class T, Conv2dGeometry G, class Epilogue>
constexpr auto& kernel = check::kernel_of<T, kernels::direct_conv2d<T, G, Epilogue>>;
template <Conv2dGeometry G, class Epilogue>
constexpr auto& function = check::function_of<G, kernels::reference::conv2d<double, G>, Epilogue>;

template <class T, Conv2dGeometry G, class Epilogue = epilogue<1, identity>>
void equals_reference() {
  check::equals_reference(kernel<T, G, Epilogue>, function<G, Epilogue>, {1, 2, 5});
}

constexpr bool reference_is_constexpr() {
  constexpr Conv2dGeometry g{1, 2, 3, 1, 2, 2, 1, 1, 0, 0};
  const float x[]{1, 2, 3, 4, 5, 6}, weight[]{1, 10, 100, 1000}, bias[]{0.5f};
  float y[2]{};
  kernels::reference::conv2d<float, g>::forward(1, x, weight, bias, y);
  return y[0] == 5421.5f && y[1] == 6532.5f;
}
static_assert(reference_is_constexpr());

} // namespace

// Each line: in {channels, height, width}, out channels, kernel, stride, padding. Instantiations
// are dear, above all where tiles of many heights are compiled: no line repeats what another has.
// Panels of two widths are linear_test.cpp's, too.

TEST_CASE("direct convolution equals its reference exactly for every number of channels") {
  equals_reference<float, Conv2dGeometry{1, 8, 8, 17, 3, 3, 1, 1, 1, 1}, epilogue<2, identity>>();
  equals_reference<float, Conv2dGeometry{193, 8, 10, 5, 3, 3, 1, 1, 0, 0}, epilogue<1, relu>>();
}

TEST_CASE("direct convolution of few pixels takes images together and is exact") {
  equals_reference<float, Conv2dGeometry{2, 5, 6, 3, 2, 3, 1, 1, 0, 0},
                   epilogue<2, kernels::leaky_relu<0.25>>>();
}

TEST_CASE("direct convolution equals its reference exactly with strides and padding") {
  equals_reference<double, Conv2dGeometry{3, 15, 11, 17, 3, 2, 2, 3, 1, 0}>(); // skips pixels too
  equals_reference<float, Conv2dGeometry{1, 1, 1, 1, 3, 3, 1, 1, 1, 1}>();     // image < kernel
}

TEST_CASE("direct convolution equals its reference exactly where windows lie side by side") {
  equals_reference<float, Conv2dGeometry{3, 12, 36, 10, 2, 3, 2, 3, 0, 0}, epilogue<3, relu>>();
  equals_reference<double, Conv2dGeometry{3, 6, 4, 5, 2, 2, 2, 2, 1, 1}>(); // with a border
  equals_reference<float, Conv2dGeometry{3, 4, 26, 5, 1, 3, 1, 3, 0, 0}>(); // with a remainder
}

TEST_CASE("direct convolution in float is accurate") {
  constexpr Conv2dGeometry g{128, 10, 10, 256, 3, 3, 1, 1, 0, 0};
  check::is_accurate(kernel<float, g, epilogue<2, relu>>, function<g, epilogue<2, relu>>, 2, 1e-6);
}

// The members that follow: the padding's other sides, dilation, groups.

TEST_CASE("direct convolution equals its reference exactly with one-sided padding") {
  equals_reference<float, Conv2dGeometry{3, 8, 7, 5, 3, 3, 2, 2, 0, 0, 1, 1}, epilogue<1, relu>>();
  equals_reference<double, Conv2dGeometry{2, 9, 5, 17, 4, 2, 2, 1, 4, 0, 5, 2}>();
}

TEST_CASE("direct convolution equals its reference exactly with dilation") {
  equals_reference<float, Conv2dGeometry{3, 9, 11, 5, 3, 3, 1, 1, 2, 3, 2, 3, 2, 3},
                   epilogue<1, relu>>();
  equals_reference<double, Conv2dGeometry{19, 8, 9, 3, 2, 3, 2, 1, 0, 0, 0, 0, 3, 2}>();
}

TEST_CASE("direct convolution equals its reference exactly with groups") {
  equals_reference<float, Conv2dGeometry{6, 6, 8, 4, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 2},
                   epilogue<2, relu>>();
  equals_reference<float, Conv2dGeometry{51, 4, 5, 57, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 3}>();
  equals_reference<double, Conv2dGeometry{4, 7, 6, 8, 3, 2, 2, 1, 1, 1, 1, 1, 1, 2, 4}>();
  equals_reference<float, Conv2dGeometry{1024, 1, 1, 8, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 2}>();
}

TEST_CASE("direct convolution equals its reference exactly on two runs of stretches") {
  equals_reference<double, Conv2dGeometry{520, 3, 3, 3, 1, 2, 1, 1, 0, 0, 0, 0, 1, 2}>();
}
