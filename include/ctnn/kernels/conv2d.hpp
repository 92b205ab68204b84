#pragma once
/// @file
/// The convolution that layers use: the algorithm that was chosen or asked for.

#include <type_traits>

#include <ctnn/core/instruction_set.hpp>
#include <ctnn/kernels/convolution_algorithm.hpp>
#include <ctnn/kernels/depthwise_conv2d.hpp>
#include <ctnn/kernels/direct_conv2d.hpp>
#include <ctnn/kernels/pointwise_conv2d.hpp>
#include <ctnn/kernels/winograd_conv2d.hpp>

namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET {
namespace detail {

template <class T, Conv2dGeometry G, ConvolutionAlgorithm A, class Epilogue>
struct convolution {
  static_assert(can_run(G, A, Epilogue::pool));
  using type = winograd_conv2d<T, G, static_cast<std::size_t>(A.tile), Epilogue>;
};
template <class T, Conv2dGeometry G, class Epilogue>
struct convolution<T, G, direct, Epilogue> {
  using type = direct_conv2d<T, G, Epilogue>;
};
template <class T, Conv2dGeometry G, class Epilogue>
  requires(G.is_depthwise())
struct convolution<T, G, direct, Epilogue> {
  using type = depthwise_conv2d<T, G, Epilogue>;
};
template <class T, Conv2dGeometry G, class Epilogue>
  requires(G.is_pointwise() && !G.is_depthwise() && Epilogue::pool == 1)
struct convolution<T, G, direct, Epilogue> {
  using type = pointwise_conv2d<T, G, Epilogue>;
};

} // namespace detail

/// conv2d is the convolution by algorithm A; its functions are those of direct_conv2d.
template <class T, Conv2dGeometry G, ConvolutionAlgorithm A, class Epilogue>
struct conv2d : detail::convolution<T, G, A, Epilogue>::type {};

} // namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET
