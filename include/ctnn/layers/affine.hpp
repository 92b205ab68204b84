#pragma once
// What Conv2d and Linear share: they run on a form that their kernel derives from weight and bias,
// and the kernel can do what follows them while its results are in registers.

#include <type_traits>

#include <ctnn/core/layer.hpp>
#include <ctnn/kernels/geometry.hpp>

namespace ctnn::detail {

/// A layer derived from this one says no forward and backward, but names its kernel:
/// `template <class At, class Epilogue> using kernel = …`, At having value_type, input_shape and,
/// for a layer that chooses an algorithm, convolution (the choice).
struct Affine {
  static constexpr Reads backward_reads = Reads::input;
};

/// How it runs: y = F(max over Pool x Pool windows of L(x)), Pool = 1 for none.
template <class L, std::size_t Pool, class F>
struct Fused {
  static constexpr bool changes_output = !std::is_same_v<F, kernels::identity>;
  static constexpr Reads backward_reads = changes_output ? Reads::input_and_output : Reads::input;

  static constexpr Shape output_shape(Shape in) {
    const Shape out = L::output_shape(in);
    return Pool == 1 ? out : Shape{out.channels(), out.height() / Pool, out.width() / Pool};
  }
  /// The position of the largest element in its window, one for each output.
  static constexpr std::size_t tape_size(Shape in) {
    return Pool == 1 ? 0 : output_shape(in).size();
  }

  template <class At>
  using kernel_of = typename L::template kernel<At, kernels::epilogue<Pool, F>>;

  template <class Context>
  static void forward(const Context& c) {
    kernel_of<Context>::forward(c.samples, c.x.data, c.derived, c.y.data,
                                Pool == 1 ? nullptr : c.tape, c.scratch);
  }
  template <class Context>
  static void backward(const Context& c) {
    kernel_of<Context>::template backward<Context::needs_dx>(
        c.samples, c.x.data, c.y.data, c.dy.data, c.tape, c.derived, c.dx.data, c.derived_gradient,
        c.scratch);
  }
};

} // namespace ctnn::detail
