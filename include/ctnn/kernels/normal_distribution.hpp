#pragma once
/// @file
/// The standard normal distribution, in vectors: what GELU is made of.

#include <array>
#include <cstddef>
#include <type_traits>

#include <ctnn/core/instruction_set.hpp>
#include <ctnn/kernels/simd.hpp>

namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET {

namespace detail {

/// number is a vector of a number that is given in double.
template <class V>
inline V number(double value) {
  return V(static_cast<typename V::value_type>(value));
}

/// scaled_tail are the coefficients, of powers of t = (z - 4) / (z + 4), of (z + 4) exp(z^2 / 2) Q(z),
/// where Q(z) is the probability that a standard normal number is above z >= 0: smooth and bounded for
/// all z, so that one polynomial does without a branch. The variable is Shepherd and Laframboise's,
/// "Chebyshev approximation of (1 + 2x) exp(x^2) erfc x in 0 <= x < infinity", Math. Comp. 36 (1981);
/// the numbers are made by tests/reference/normal_distribution.py. Relative error: 4.1e-8 and 8.2e-17.
template <class T>
inline constexpr std::array<double, 10> scaled_tail{
    0.75528512713558557263,   -0.60789640381463542959,  0.3871375629108491146,
    -0.18652671087172498156,  0.060395295869956909737,  -0.0075122313817515651734,
    -0.003476167894908922636, 0.0015637868988265603282, 0.00012932568134075277505,
    -0.000157320569584584292};
template <>
inline constexpr std::array<double, 23> scaled_tail<double>{
    0.75528513041575145148,     -0.6078966419718929576,    0.38713740074222660182,
    -0.18652185795957871575,    0.060396574890360918447,   -0.0075401889688916189934,
    -0.003479692356651502619,   0.001630818485473585723,   0.00013334420916014779282,
    -0.00023109513778728933605, -1.9076760307190981492e-6, 0.000035145602359044514813,
    7.14602153126746174e-7,     -5.922893777541928127e-6,  -6.2495510775651778622e-7,
    1.0269840701431929465e-6,   2.6473372819798678256e-7,  -1.6223163208535670597e-7,
    -7.8783603426936377807e-8,  1.9569608939974048569e-8,  1.6067386957329401814e-8,
    -1.2772351432957720088e-9,  -1.68865769667867349e-9};

} // namespace detail

/// A normal_point is what the standard normal distribution is at a place.
template <class V>
struct normal_point {
  V below;   ///< the probability that a number is below it
  V density; ///< the derivative of that
};

/// normal_distribution is the distribution at x. `below` has a relative error of a few units in the last
/// place, and for x < 0 of x^2 / 4 of them more: that is of rounding x^2 before exp.
template <class V>
inline normal_point<V> normal_distribution(V x) {
  using T = typename V::value_type;
  const V z = select(x < V(0), -x, x);
  const V inverse = V(1) / (z + V(4));
  const V t = V(1) - V(8) * inverse;
  constexpr const auto& coefficients = detail::scaled_tail<T>;
  V sum = detail::number<V>(coefficients.back());
  for (std::size_t i = coefficients.size() - 1; i-- > 0;)
    sum = simd::fma<T>(sum, t, detail::number<V>(coefficients[i]));
  const V bell = simd::exp<T>(detail::number<V>(-0.5) * z * z);
  const V tail = bell * (sum * inverse);
  return {select(x < V(0), tail, V(1) - tail),
          bell * detail::number<V>(0.39894228040143267794)}; // 1 / sqrt(2 pi)
}

} // namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET
