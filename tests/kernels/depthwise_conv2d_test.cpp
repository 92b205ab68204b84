// Depthwise convolution against its scalar reference.

#include <ctnn/kernels/conv2d.hpp>
#include <ctnn/kernels/reference/conv2d.hpp>

#include "kernels/parametric_check.hpp"

namespace kernels = ctnn::kernels;
using kernels::Conv2dGeometry, kernels::epilogue, kernels::identity, kernels::relu;

namespace {

template <class T, Conv2dGeometry G, class Epilogue>
constexpr auto& kernel = check::kernel_of<T, kernels::depthwise_conv2d<T, G, Epilogue>>;
template <Conv2dGeometry G, class Epilogue>
constexpr auto& function = check::function_of<G, kernels::reference::conv2d<double, G>, Epilogue>;

template <class T, Conv2dGeometry G, class Epilogue = epilogue<1, identity>>
void equals_reference() {
  check::equals_reference(kernel<T, G, Epilogue>, function<G, Epilogue>, {1, 3});
}

/// In the order of the geometry: the sides of the padding are top, left, bottom, right.
constexpr Conv2dGeometry depthwise(std::size_t channels, std::size_t height, std::size_t width,
                                   std::size_t kernel_height, std::size_t kernel_width,
                                   std::size_t stride, std::size_t top, std::size_t left,
                                   std::size_t bottom, std::size_t right,
                                   std::size_t dilation = 1) {
  return {channels, height, width,  channels, kernel_height, kernel_width, stride,  stride,
          top,      left,   bottom, right,    dilation,      dilation,     channels};
}

} // namespace

TEST_CASE("depthwise convolution equals its reference exactly for every number of channels") {
  equals_reference<float, depthwise(17, 6, 20, 3, 3, 1, 1, 1, 1, 1)>();
  equals_reference<float, depthwise(48, 5, 3, 3, 3, 1, 1, 1, 1, 1), epilogue<1, relu>>();
  equals_reference<double, depthwise(2, 4, 4, 2, 3, 1, 0, 0, 0, 0), epilogue<1, relu>>();
}

TEST_CASE("depthwise convolution packs pixels of few channels into a vector, and is exact") {
  equals_reference<float, depthwise(8, 4, 27, 3, 3, 1, 1, 1, 1, 1), epilogue<1, relu>>();
  equals_reference<float, depthwise(2, 3, 30, 1, 5, 1, 0, 2, 0, 2, 2)>();
  equals_reference<double, depthwise(2, 3, 19, 3, 2, 1, 1, 0, 1, 1)>();
}

TEST_CASE("depthwise convolution equals its reference exactly with strides") {
  equals_reference<float, depthwise(5, 8, 8, 3, 3, 2, 0, 0, 1, 1)>();
  equals_reference<float, depthwise(5, 9, 7, 3, 2, 3, 2, 1, 0, 0), epilogue<1, relu>>();
  equals_reference<double, depthwise(3, 9, 9, 2, 2, 3, 0, 0, 0, 0)>(); // skips pixels
}

TEST_CASE("depthwise convolution equals its reference exactly with dilation") {
  equals_reference<float, depthwise(5, 11, 12, 3, 3, 1, 2, 2, 2, 2, 2)>();
  equals_reference<double, depthwise(3, 13, 11, 3, 3, 2, 3, 3, 3, 3, 3)>();
  equals_reference<double, depthwise(3, 12, 13, 3, 2, 4, 1, 2, 0, 5, 2)>(); // every second tap
}

TEST_CASE("depthwise convolution equals its reference exactly with long and large kernels") {
  equals_reference<float, depthwise(3, 1, 30, 1, 15, 1, 0, 0, 0, 0)>();
  equals_reference<double, depthwise(2, 3, 2, 9, 10, 1, 4, 5, 4, 4)>(); // larger than the image
  equals_reference<float, depthwise(3, 1, 1, 3, 3, 1, 1, 1, 1, 1)>();
}

TEST_CASE(
    "depthwise convolution of more rows than the first cache holds equals its reference exactly") {
  equals_reference<float, depthwise(33, 31, 6, 3, 3, 1, 1, 1, 1, 1), epilogue<1, relu>>();
  equals_reference<double, depthwise(18, 45, 7, 3, 2, 2, 1, 0, 1, 1)>();
}

TEST_CASE("depthwise convolution in float is accurate") {
  constexpr Conv2dGeometry g = depthwise(64, 25, 5, 3, 3, 1, 1, 1, 1, 1);
  check::is_accurate(kernel<float, g, epilogue<1, relu>>, function<g, epilogue<1, relu>>, 2, 1e-6);
}
