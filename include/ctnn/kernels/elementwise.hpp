#pragma once
/// @file
/// Activations element by element: one loop forward, one loop backward, and a functor each.

#include <cstddef>

#include <ctnn/core/instruction_set.hpp>
#include <ctnn/kernels/names.hpp>
#include <ctnn/kernels/simd.hpp>

namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET {

// A functor has f(x), the value, and df(y), the derivative at the point whose value is y; so
// backward needs the output only. It may add chain(y, dy) where dy * df(y) is not what PyTorch
// computes.

/// identity is x: where nothing is to be done.
struct identity {
  template <class V>
  static V f(V x) {
    return x;
  }
  template <class V>
  static V df(V) {
    return V(1);
  }
};

/// relu is max(0, x); NaN stays NaN. torch.nn.ReLU
struct relu {
  /// commutes_with_max is true: max pooling before or after gives the same, gradients included. Where
  /// several elements of a window are 0 after relu, none of them passes any gradient on.
  static constexpr bool commutes_with_max = true;

  template <class V>
  static V f(V x) {
    return select(x <= V(0), V(0), x);
  }
  template <class V>
  static V df(V y) {
    return select(y <= V(0), V(0), V(1));
  }
  /// The gradient is PyTorch's threshold_backward: 0 where y is, even for an infinite dy; dy where y is
  /// NaN.
  template <class V>
  static V chain(V y, V dy) {
    return select(y <= V(0), V(0), dy);
  }
};

/// leaky_relu is x where positive, NegativeSlope * x elsewhere. torch.nn.LeakyReLU
template <double NegativeSlope>
struct leaky_relu {
  static_assert(NegativeSlope >= 0, "the sign of the output must tell the sign of the input");

  template <class V>
  static V slope() {
    return V(static_cast<typename V::value_type>(NegativeSlope));
  }
  template <class V>
  static V f(V x) {
    return select(x > V(0), x, x * slope<V>());
  }
  template <class V>
  static V df(V y) {
    return select(y > V(0), V(1), slope<V>());
  }
};

/// sigmoid is 1 / (1 + exp(-x)): exp overflows to infinity, which divides to 0. torch.nn.Sigmoid
struct sigmoid {
  template <class V>
  static V f(V x) {
    return V(1) / (V(1) + simd::exp(-x));
  }
  template <class V>
  static V df(V y) {
    return y * (V(1) - y);
  }
};

/// tanh_activation is tanh(x); a struct named tanh would hide the function. torch.nn.Tanh
struct tanh_activation {
  template <class V>
  static V f(V x) {
    return simd::tanh(x);
  }
  template <class V>
  static V df(V y) {
    return V(1) - y * y;
  }
};

/// elementwise applies F to `count` elements. x may be y, and dy may be dx.
template <class T, class F>
struct elementwise {
  /// y = f(x)
  static void forward(std::size_t count, const T* x, T* y) {
    simd::for_each_vector<T>(count, [=](std::size_t i, std::size_t part) {
      simd::store_first(y + i, F::f(simd::load_first(x + i, part)), part);
    });
  }

  /// dx = dy * df(y), with y the output of forward.
  static void backward(std::size_t count, const T* y, const T* dy, T* dx) {
    simd::for_each_vector<T>(count, [=](std::size_t i, std::size_t part) {
      const auto value = simd::load_first(y + i, part);
      const auto gradient = simd::load_first(dy + i, part);
      simd::store_first(dx + i, chain(value, gradient), part);
    });
  }

  /// chain is dy times the derivative at the point whose value is y.
  static simd::vec<T> chain(simd::vec<T> y, simd::vec<T> dy) {
    if constexpr (requires { F::chain(y, dy); })
      return F::chain(y, dy);
    else
      return dy * F::df(y);
  }
};

} // namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET
