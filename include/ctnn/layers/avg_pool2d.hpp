#pragma once

#include <ctnn/core/layer.hpp>
#include <ctnn/kernels/names.hpp>
#include <ctnn/layers/pooling.hpp>

namespace ctnn {
namespace detail {

/// AvgPool is AvgPool2d, or AvgPool1d, as `Layer`.
template <class Layer, bool OfSequence, Size2d Kernel, auto... Options>
struct AvgPool : Pooling<Layer, OfSequence, types<stride, padding, ceil_mode, count_include_pad>,
                         Kernel, Options...> {
  /// geometry is all that a kernel knows of the pooling of an input of shape `in`.
  static constexpr kernels::Pool2dGeometry geometry(Shape in) {
    kernels::Pool2dGeometry of = AvgPool::window.geometry(in);
    of.count_include_pad = AvgPool::options::get(count_include_pad(true)).enabled;
    return of;
  }

  /// op is the kernel that runs the layer.
  template <class At>
  using op = kernels::avg_pool2d<typename At::value_type, geometry(At::input_shape)>;

  template <class Context>
  static void forward(const Context& c) {
    op<Context>::forward(c.samples, c.x.data, c.y.data);
  }
  template <class Context>
  static void backward(const Context& c) {
    op<Context>::backward(c.samples, c.dy.data, c.dx.data);
  }
};

} // namespace detail

/// AvgPool2d is the mean of each window of size `Kernel`, in which padded zeros count: {C, H, W}
/// becomes {C, (H + 2P - K)/S + 1, (W + 2P - K)/S + 1}. torch.nn.AvgPool2d
///
/// The `Options` are stride(S), the window's size unless given; padding(P) with zeros, on all sides or
/// side by side, or padding("same"), at most half the window and 0 unless given; ceil_mode(true), which
/// rounds the numbers of windows up, and what they reach beyond the padding never counts; and
/// count_include_pad(false), by which padded zeros do not count.
template <Size2d Kernel, auto... Options>
struct AvgPool2d : detail::AvgPool<AvgPool2d<Kernel, Options...>, false, Kernel, Options...> {
  static constexpr StringView kind = "AvgPool2d";
};

} // namespace ctnn
