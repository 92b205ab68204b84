#pragma once
// What Conv2d and Linear share: they run on a form that their kernel derives from weight and bias.

#include <ctnn/core/layer.hpp>

namespace ctnn::detail {

/// L names the kernel: `template <class At> using kernel = …`, At having value_type and input_shape.
template <class L>
struct Affine {
  static constexpr Reads backward_reads = Reads::input;

  template <class Context>
  static void forward(const Context& c) {
    using Kernel = typename L::template kernel<Context>;
    Kernel::forward(c.samples, c.x.data, c.derived, c.y.data, c.scratch);
  }
  template <class Context>
  static void backward(const Context& c) {
    using Kernel = typename L::template kernel<Context>;
    Kernel::backward_parameters(c.samples, c.x.data, c.dy.data, c.derived_gradient, c.scratch);
    if constexpr (Context::needs_dx)
      Kernel::backward_input(c.samples, c.dy.data, c.derived, c.dx.data, c.scratch);
  }
};

} // namespace ctnn::detail
