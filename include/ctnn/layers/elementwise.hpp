#pragma once
// What the activations share: a function of each element, its derivative told from its output.

#include <ctnn/core/layer.hpp>
#include <ctnn/kernels/geometry.hpp>

namespace ctnn::detail {

/// y = F(x), dx = dy * F'(x); y may be x, and dx may be dy.
template <class F>
struct Elementwise {
  using function = F;
  static constexpr Shape output_shape(Shape in) { return in; }
  static constexpr Reads backward_reads = Reads::output;
  static constexpr bool in_place = true;

  template <class Context>
  static void forward(const Context& c) {
    kernels::elementwise<typename Context::value_type, F>::forward(c.y.size(), c.x.data, c.y.data);
  }
  template <class Context>
  static void backward(const Context& c) {
    kernels::elementwise<typename Context::value_type, F>::backward(c.y.size(), c.y.data, c.dy.data,
                                                                    c.dx.data);
  }
};

} // namespace ctnn::detail
