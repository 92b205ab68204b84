#pragma once

#include <ctnn/core/layer.hpp>
#include <ctnn/kernels/names.hpp>
#include <ctnn/layers/pooling.hpp>

namespace ctnn {
namespace detail {

/// MaxPooling is the base of what fusion takes for a max pooling. Such a layer says `side`.
struct MaxPooling {};

/// MaxPool is MaxPool2d, or MaxPool1d, as `Layer`.
template <class Layer, bool OfSequence, Size2d Kernel, auto... Options>
struct MaxPool : MaxPooling,
                 Pooling<Layer, OfSequence, types<stride, padding, ceil_mode>, Kernel, Options...> {
  using MaxPool::Pooling::output_shape;
  using MaxPool::Pooling::window;

  /// tape_size is one element for each output: the position of the largest element in its window.
  static constexpr std::size_t tape_size(Shape in) { return output_shape(in).size(); }

  /// side is the side of windows that are square and lie side by side, and otherwise 0. (Where such
  /// windows cover an image there is nothing left over for ceil_mode.)
  static constexpr std::size_t side = Kernel.height == Kernel.width && window.stride == Kernel &&
                                              window.sides == padding(0) && Kernel.height > 1
                                          ? static_cast<std::size_t>(Kernel.height)
                                          : 0;

  /// op is the kernel that runs the layer.
  template <class At>
  using op = kernels::max_pool2d<typename At::value_type, window.geometry(At::input_shape)>;

  template <class Context>
  static void forward(const Context& c) {
    op<Context>::forward(c.samples, c.x.data, c.y.data, c.tape);
  }
  template <class Context>
  static void backward(const Context& c) {
    op<Context>::backward(c.samples, c.tape, c.dy.data, c.dx.data);
  }
};

} // namespace detail

/// MaxPool2d is the largest element of each window of size `Kernel`: {C, H, W} becomes {C, (H + 2P -
/// K)/S + 1, (W + 2P - K)/S + 1}. The first of equals takes the gradient. torch.nn.MaxPool2d
///
/// The `Options` are stride(S), the window's size unless given; padding(P) with minus infinity, on all
/// sides or side by side, or padding("same"), at most half the window and 0 unless given; and
/// ceil_mode(true), which rounds the numbers of windows up.
template <Size2d Kernel, auto... Options>
struct MaxPool2d : detail::MaxPool<MaxPool2d<Kernel, Options...>, false, Kernel, Options...> {
  static constexpr StringView kind = "MaxPool2d";
};

} // namespace ctnn
