#pragma once
/// @file
/// What the activations share: a function of each element, its derivative told from its output, or
/// where that cannot tell from its input.

#include <ctnn/core/layer.hpp>
#include <ctnn/kernels/names.hpp>

namespace ctnn {

/// Elementwise is the base of an activation: y = F(x), dx = dy * F'(x), element by element. It runs as
/// one with the convolution or linear layer before it, also where it is a user's own. `F` has f(x), the
/// value, and df(y), the derivative told from the value; both take vectors (kernels/elementwise.hpp):
///
///     struct exponential {
///       static auto f(auto x) { return exp(x); }
///       static auto df(auto y) { return y; }
///     };
///     struct Exp : Elementwise<exponential> {};
template <class F>
struct Elementwise {
  using function = F; ///< the function of each element
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

/// ElementwiseOfInput is the base of an activation whose derivative its value does not tell, as where
/// two x have one y: `F` has df(x), told from the input, in place of df(y). It is a layer by itself: what
/// ran before it has to keep its output.
///
///     struct square {
///       static auto f(auto x) { return x * x; }
///       static auto df(auto x) { return x + x; }
///     };
///     struct Square : ElementwiseOfInput<square> {};
template <class F>
struct ElementwiseOfInput {
  static constexpr Shape output_shape(Shape in) { return in; }
  static constexpr Reads backward_reads = Reads::input;
  static constexpr bool in_place = true;

  template <class Context>
  static void forward(const Context& c) {
    kernels::elementwise<typename Context::value_type, F>::forward(c.y.size(), c.x.data, c.y.data);
  }
  template <class Context>
  static void backward(const Context& c) {
    kernels::elementwise<typename Context::value_type, F>::backward(c.x.size(), c.x.data, c.dy.data,
                                                                    c.dx.data);
  }
};

} // namespace ctnn
