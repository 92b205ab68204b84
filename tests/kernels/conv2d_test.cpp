// Direct convolution against its scalar reference.

#include <ctnn/kernels/conv2d.hpp>
#include <ctnn/kernels/reference/conv2d.hpp>

#include "kernels/parametric_check.hpp"

namespace kernels = ctnn::kernels;
using kernels::Conv2dGeometry;

namespace {

template <class T, Conv2dGeometry G>
void equals_reference() {
  for (const std::size_t n : {1u, 2u, 5u}) {
    CAPTURE(n, G.in_channels, G.in_height, G.in_width, G.out_channels, G.kernel_height,
            G.kernel_width, G.stride_height, G.stride_width, G.padding_height, G.padding_width);
    check::equals_reference<T, kernels::direct_conv2d<T, G>, kernels::reference::conv2d<T, G>>(
        n, G.input_size(), G.output_size(), G.weight_size(), G.out_channels);
  }
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
// are dear, so double repeats only some of them.

TEST_CASE("conv2d equals its reference exactly for every number of channels") {
  equals_reference<float, Conv2dGeometry{1, 6, 13, 5, 3, 3, 1, 1, 0, 0}>();
  equals_reference<float, Conv2dGeometry{3, 7, 12, 10, 3, 3, 1, 1, 0, 0}>();
  equals_reference<double, Conv2dGeometry{3, 7, 12, 10, 3, 3, 1, 1, 0, 0}>();
  equals_reference<float, Conv2dGeometry{5, 8, 8, 17, 3, 3, 1, 1, 0, 0}>();
  equals_reference<float, Conv2dGeometry{65, 8, 8, 64, 3, 3, 1, 1, 0, 0}>();
  equals_reference<float, Conv2dGeometry{80, 7, 9, 65, 2, 2, 1, 1, 0, 0}>();
  equals_reference<double, Conv2dGeometry{64, 6, 11, 20, 3, 3, 1, 1, 0, 0}>();
}

TEST_CASE("conv2d equals its reference exactly with strides and padding") {
  equals_reference<float, Conv2dGeometry{3, 15, 11, 17, 3, 3, 2, 2, 1, 1}>();
  equals_reference<double, Conv2dGeometry{3, 15, 11, 17, 3, 3, 2, 2, 1, 1}>();
  equals_reference<float, Conv2dGeometry{5, 7, 10, 10, 2, 3, 3, 1, 0, 2}>();
  equals_reference<float, Conv2dGeometry{10, 9, 9, 20, 3, 2, 1, 2, 1, 0}>();
  equals_reference<float, Conv2dGeometry{2, 10, 11, 3, 5, 5, 2, 3, 2, 2}>();
  equals_reference<float, Conv2dGeometry{16, 7, 7, 80, 3, 3, 1, 1, 1, 1}>();
}

TEST_CASE("conv2d equals its reference exactly where windows tile or skip pixels") {
  equals_reference<float, Conv2dGeometry{20, 6, 6, 50, 1, 1, 1, 1, 0, 0}>(); // one tap
  equals_reference<float,
                   Conv2dGeometry{5, 13, 12, 3, 1, 1, 2, 2, 0, 0}>(); // pixels under no window
  equals_reference<float,
                   Conv2dGeometry{3, 12, 18, 10, 2, 3, 2, 3, 0, 0}>(); // windows side by side
  equals_reference<double,
                   Conv2dGeometry{20, 6, 4, 5, 2, 2, 2, 2, 1, 1}>();       // the same with a border
  equals_reference<float, Conv2dGeometry{3, 7, 8, 5, 2, 3, 2, 3, 0, 0}>(); // and with a remainder
  equals_reference<float, Conv2dGeometry{17, 5, 5, 50, 5, 5, 1, 1, 0, 0}>(); // kernel = image
  equals_reference<float, Conv2dGeometry{1, 1, 1, 1, 3, 3, 1, 1, 1, 1}>();   // image < kernel
}

TEST_CASE("conv2d in float is accurate and gives an image the same bits in every chunk") {
  constexpr Conv2dGeometry g{32, 12, 12, 64, 3, 3, 1, 1, 0, 0};
  check::is_accurate<kernels::direct_conv2d<float, g>, kernels::reference::conv2d<double, g>>(
      3, g.input_size(), g.output_size(), g.weight_size(), g.out_channels);
}

TEST_CASE("conv2d of few pixels gives an image the same bits in every chunk") {
  constexpr Conv2dGeometry g{16, 5, 5, 40, 4, 4, 1, 1, 0, 0};
  check::is_accurate<kernels::direct_conv2d<float, g>, kernels::reference::conv2d<double, g>>(
      33, g.input_size(), g.output_size(), g.weight_size(), g.out_channels);
}
