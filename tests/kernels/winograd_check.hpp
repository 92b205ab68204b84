#pragma once
// Winograd's convolution against the scalar reference of the direct one. Instances are dear, the
// transforms above all, and a file has two or three.

#include <ctnn/kernels/reference/conv2d.hpp>
#include <ctnn/kernels/winograd_conv2d.hpp>

#include "kernels/parametric_check.hpp"

namespace check {

using kernels::epilogue, kernels::identity, kernels::leaky_relu, kernels::relu;

constexpr Conv2dGeometry three_by_three(std::size_t in, std::size_t height, std::size_t width,
                                        std::size_t out, std::size_t padding_height = 0,
                                        std::size_t padding_width = 0) {
  return {in, height, width, out, 3, 3, 1, 1, padding_height, padding_width};
}

template <class T, std::size_t M, Conv2dGeometry G, class Epilogue>
void winograd_is_accurate(std::size_t n, double tolerance, T start = 0) {
  is_accurate(kernel_of<T, kernels::winograd_conv2d<T, G, M, Epilogue>>,
              function_of<G, kernels::reference::conv2d<double, G>, Epilogue>, n, tolerance, start);
}

/// In double, where nothing but a mistake is as large as 1e-12; gradients are added to.
template <std::size_t M, Conv2dGeometry G, class Epilogue = epilogue<1, identity>>
void winograd_is_right(std::initializer_list<std::size_t> numbers_of_images) {
  for (const std::size_t n : numbers_of_images) {
    CAPTURE(n);
    winograd_is_accurate<double, M, G, Epilogue>(n, 1e-12, 5);
  }
}

} // namespace check
