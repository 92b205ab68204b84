#pragma once
/// @file
/// Normal random numbers, each from one uniform one: what makes them a function of key and counter as
/// uniform ones are, and lets a part of the distribution be drawn alone.

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include <ctnn/core/instruction_set.hpp>

namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET {

namespace detail {

/// ratio is the quotient of two polynomials in x, lowest powers first.
template <std::size_t N>
inline double ratio(double x, const double (&above)[N], const double (&below)[N]) {
  double numerator = 0, denominator = 0;
  for (std::size_t i = N; i-- > 0;) {
    numerator = numerator * x + above[i];
    denominator = denominator * x + below[i];
  }
  return numerator / denominator;
}

} // namespace detail

/// normal_quantile is the number that a standard normal one is below with probability p, 0 < p < 1: to
/// about 16 digits. Wichura, "Algorithm AS 241: the percentage points of the normal distribution",
/// Applied Statistics 37 (1988), PPND16.
inline double normal_quantile(double p) {
  const double q = p - 0.5;
  if (std::abs(q) <= 0.425)
    return q * detail::ratio<8>(
                   0.180625 - q * q,
                   {3.3871328727963666080, 1.3314166789178437745e2, 1.9715909503065514427e3,
                    1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
                    3.3430575583588128105e4, 2.5090809287301226727e3},
                   {1, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
                    2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4,
                    5.2264952788528545610e3});
  const double r = std::sqrt(-std::log(std::min(p, 1 - p)));
  const double tail =
      r <= 5 ? detail::ratio<8>(
                   r - 1.6,
                   {1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550,
                    3.64784832476320460504, 1.27045825245236838258, 2.41780725177450611770e-1,
                    2.27238449892691845833e-2, 7.74545014278341407640e-4},
                   {1, 2.05319162663775882187, 1.67638483018380384940, 6.89767334985100004550e-1,
                    1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4,
                    1.05075007164441684324e-9})
             : detail::ratio<8>(
                   r - 5,
                   {6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580,
                    2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                    2.71155556874348757815e-5, 2.01033439929228813265e-7},
                   {1, 5.99832206555887937690e-1, 1.36929880922735805310e-1,
                    1.48753612908506148525e-2, 7.86869131145613259100e-4, 1.84631831751005468180e-5,
                    1.42151175831644588870e-7, 2.04426310338993978564e-15});
  return q < 0 ? -tail : tail;
}

/// normal01 is a standard normal number made of 53 random bits, one of them its sign; at most 8.3.
inline double normal01(std::uint32_t high_word, std::uint32_t low_word) {
  const auto word = std::uint64_t{high_word} << 32 | low_word;
  const double below_zero = normal_quantile((static_cast<double>(word >> 12) + 0.5) * 0x1p-53);
  return (word & 1) != 0 ? -below_zero : below_zero;
}

/// truncated_normal is a normal number of this mean and deviation that lies in [a, b], made of `u` in
/// [0, 1): the larger u, the larger it is if b is nearer to the mean, otherwise the smaller.
inline double truncated_normal(double u, double mean, double deviation, double a, double b) {
  // Probabilities are counted from the end that is further out, where they keep their digits.
  const double side = a > mean ? -1 : 1;
  const double from = side > 0 ? a : b, to = side > 0 ? b : a;
  const auto probability_below = [&](double x) {
    return std::erfc(side * (mean - x) / deviation * 0.70710678118654752440) / 2;
  };
  const double lowest = probability_below(from), highest = probability_below(to);
  const double p = lowest + (highest - lowest) * (u + 0x1p-54);
  const double z = normal_quantile(std::clamp(p, DBL_MIN, 1 - 0x1p-53));
  return std::clamp(mean + side * deviation * z, a, b);
}

} // namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET
