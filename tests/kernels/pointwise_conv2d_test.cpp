// Convolution with a kernel of one pixel against its scalar reference.

#include <ctnn/kernels/conv2d.hpp>
#include <ctnn/kernels/reference/conv2d.hpp>

#include "kernels/parametric_check.hpp"

namespace kernels = ctnn::kernels;
using kernels::Conv2dGeometry, kernels::epilogue, kernels::identity, kernels::relu;

namespace {

constexpr Conv2dGeometry pointwise(std::size_t in, std::size_t height, std::size_t width,
                                   std::size_t out, std::size_t groups = 1) {
  return {in, height, width, out, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, groups};
}

template <class T, Conv2dGeometry G, class Epilogue = epilogue<1, identity>>
void equals_reference() {
  check::equals_reference(check::kernel_of<T, kernels::pointwise_conv2d<T, G, Epilogue>>,
                          check::function_of<G, kernels::reference::conv2d<double, G>, Epilogue>,
                          {1, 2});
}

static_assert(kernels::strip(pointwise(1, 24, 24, 1)).in_width == 64);
static_assert(kernels::strip(pointwise(1, 25, 5, 1)).in_width == 25);
static_assert(kernels::strip(pointwise(1, 1, 67, 1)).in_width == 1);
static_assert(kernels::strip(pointwise(1, 3, 3, 1)).in_width == 9);

} // namespace

TEST_CASE("pointwise convolution equals its reference exactly, whatever a strip is of an image") {
  equals_reference<float, pointwise(16, 12, 12, 32), epilogue<1, relu>>(); // three strips of 48
  equals_reference<float, pointwise(17, 25, 5, 8)>();                      // strips go together
  equals_reference<double, pointwise(3, 1, 67, 5), epilogue<1, relu>>();   // single pixels
}

TEST_CASE("pointwise convolution in groups equals its reference exactly") {
  equals_reference<float, pointwise(6, 10, 13, 9, 3), epilogue<1, relu>>();
}
