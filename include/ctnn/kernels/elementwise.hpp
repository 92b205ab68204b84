#pragma once
/// @file
/// Activations element by element: one loop forward, one loop backward, and a functor each.

#include <cstddef>

#include <ctnn/core/instruction_set.hpp>
#include <ctnn/kernels/names.hpp>
#include <ctnn/kernels/normal_distribution.hpp>
#include <ctnn/kernels/simd.hpp>

namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET {

// A functor has f(x), the value, and df(y), the derivative at the point whose value is y; so
// backward needs the output only. It may add chain(y, dy) where dy * df(y) is not what PyTorch
// computes. Those of a layer that derives from ElementwiseOfInput have df(x) and chain(x, dy) instead.

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
  /// is_gate is true: a gradient passes as it is, or not at all. Max pooling before or after gives the same
  /// then: where several elements of a window are 0 after relu, none of them passes any gradient on.
  static constexpr bool is_gate = true;

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

/// hardtanh is min(max(Min, x), Max); NaN stays NaN. torch.nn.Hardtanh
template <double Min, double Max>
struct hardtanh {
  /// is_gate is true as it is of relu, at both ends.
  static constexpr bool is_gate = true;

  template <class V>
  static V f(V x) {
    return between(x, detail::number<V>(Min), detail::number<V>(Max), x);
  }
  template <class V>
  static V df(V y) {
    return chain(y, V(1));
  }
  /// The gradient is 0 at either end, even for an infinite dy, and dy where y is NaN.
  template <class V>
  static V chain(V y, V dy) {
    return between(y, V(0), V(0), dy);
  }

private:
  /// between is `inside`, but `low` and `high` where v has reached an end.
  template <class V>
  static V between(V v, V low, V high, V inside) {
    return select(v <= detail::number<V>(Min), low,
                  select(v >= detail::number<V>(Max), high, inside));
  }
};

/// relu6 is min(max(0, x), 6). torch.nn.ReLU6
struct relu6 : hardtanh<0.0, 6.0> {};

/// elu is x where positive, Alpha * (exp(x) - 1) elsewhere. torch.nn.ELU
template <double Alpha>
struct elu {
  static_assert(Alpha >= 0, "the sign of the output must tell the sign of the input");

  template <class V>
  static V f(V x) {
    return select(x > V(0), x, detail::number<V>(Alpha) * simd::expm1<typename V::value_type>(x));
  }
  template <class V>
  static V df(V y) {
    return select(y > V(0), V(1), y + detail::number<V>(Alpha));
  }
};

/// softplus is log(1 + exp(Beta * x)) / Beta, and x where Beta * x is above Threshold. As exp is not taken
/// of a positive number, nothing overflows. torch.nn.Softplus
template <double Beta, double Threshold>
struct softplus {
  static_assert(Beta > 0);

  template <class V>
  static V f(V x) {
    using T = typename V::value_type;
    const V scaled = x * detail::number<V>(Beta);
    const V size = select(scaled > V(0), scaled, -scaled);
    const V curve = simd::log1p_of_unit<T>(simd::exp<T>(-size)) / detail::number<V>(Beta);
    return select(is_linear(scaled), x, select(scaled > V(0), x + curve, curve));
  }
  template <class V>
  static V df(V y) {
    const V scaled = y * detail::number<V>(Beta);
    return select(is_linear(scaled), V(1), -simd::expm1<typename V::value_type>(-scaled));
  }

protected:
  template <class V>
  static auto is_linear(V scaled) {
    return scaled > detail::number<V>(Threshold);
  }
};

/// softplus_of_input is the same, its derivative told from x: below a small Threshold there are values
/// that are also taken above it.
template <double Beta, double Threshold>
struct softplus_of_input : softplus<Beta, Threshold> {
  template <class V>
  static V df(V x) {
    const V scaled = x * detail::number<V>(Beta);
    return select(softplus_of_input::is_linear(scaled), V(1), sigmoid::f(scaled));
  }
};

/// hardsigmoid is min(max(0, x + 3), 6) / 6. torch.nn.Hardsigmoid
struct hardsigmoid {
  template <class V>
  static V f(V x) {
    return relu6::f(x + V(3)) / V(6);
  }
  template <class V>
  static V df(V y) {
    return chain(y, V(1));
  }
  /// The gradient is 0 at either end, even for an infinite dy, and where y is NaN, as PyTorch's.
  template <class V>
  static V chain(V y, V dy) {
    return select((y > V(0)) & (y < V(1)), dy / V(6), V(0));
  }
};

/// hardswish is x * hardsigmoid(x), its derivative told from x: at -3 it is 0, and at 3 it is 1.
/// (PyTorch 1.13 has -1/2, and 1 or 3/2 by the place in memory; its pull request 148049 mends that.)
/// torch.nn.Hardswish
struct hardswish {
  template <class V>
  static V f(V x) {
    return x * hardsigmoid::f(x);
  }
  template <class V>
  static V df(V x) {
    return chain(x, V(1));
  }
  template <class V>
  static V chain(V x, V dy) {
    const V curved = dy * (x / V(3) + detail::number<V>(0.5));
    return select(x <= V(-3), V(0), select(x < V(3), curved, dy));
  }
};

/// silu is x * sigmoid(x), its derivative told from x. torch.nn.SiLU
struct silu {
  template <class V>
  static V f(V x) {
    return x / (V(1) + simd::exp(-x));
  }
  template <class V>
  static V df(V x) {
    const V gate = sigmoid::f(x);
    return gate * (V(1) + x * (V(1) - gate));
  }
};

/// gelu is x times the probability that a standard normal number is below x, its derivative told from
/// x. Far below zero it keeps its digits, where x * (1 + erf(x / sqrt 2)) / 2 has none left.
/// torch.nn.GELU
struct gelu {
  template <class V>
  static V f(V x) {
    return x * normal_distribution(x).below;
  }
  template <class V>
  static V df(V x) {
    const auto at = normal_distribution(x);
    return at.below + x * at.density;
  }
};

/// gelu_tanh is x * (1 + tanh(u)) / 2 with u = sqrt(2 / pi) * (x + 0.044715 x^3), its derivative told
/// from x. (1 + tanh(u)) / 2 is the sigmoid of 2u, which keeps its digits far below zero.
/// torch.nn.GELU(approximate="tanh")
struct gelu_tanh {
  template <class V>
  static V f(V x) {
    return x * gate(bounded(x));
  }
  template <class V>
  static V df(V x) {
    const V near = bounded(x), open = gate(near);
    const V slope =
        detail::number<V>(twice_beta) * (V(1) + detail::number<V>(3 * kappa) * near * near);
    return open + near * slope * open * (V(1) - open);
  }

private:
  static constexpr double twice_beta = 1.59576912160573071176, // 2 sqrt(2 / pi)
      kappa = 0.044715;

  /// The gate is 0 or 1 beyond, and its slope 0: where x^3 is infinite that would be NaN.
  template <class V>
  static V bounded(V x) {
    return select(x > V(100), V(100), select(x < V(-100), V(-100), x));
  }
  template <class V>
  static V gate(V x) {
    return sigmoid::f(detail::number<V>(twice_beta) * (x + detail::number<V>(kappa) * x * x * x));
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

  /// dx = dy * df(y), with y the output of forward, or its input if that is what df is told from.
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
