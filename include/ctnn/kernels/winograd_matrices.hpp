#pragma once
/// @file
/// The matrices of Winograd's minimal filtering F(M, R), also of a stride, constructed in exact rationals by
/// Cook and Toom's method and proved by the compiler.
/// Source: A. Lavin, S. Gray, "Fast Algorithms for Convolutional Neural Networks", 2015.

#include <cstddef>
#include <cstdint>
#include <numeric>

#include <ctnn/core/instruction_set.hpp>

namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET {

template <std::size_t Rows, std::size_t Columns>
struct matrix {
  double at[Rows][Columns]{};
};

template <std::size_t Rows, std::size_t Columns>
consteval auto transposed(const matrix<Rows, Columns>& m) {
  matrix<Columns, Rows> result;
  for (std::size_t i = 0; i < Rows; ++i)
    for (std::size_t j = 0; j < Columns; ++j) result.at[j][i] = m.at[i][j];
  return result;
}

namespace detail {

struct rational {
  std::int64_t numerator = 0, denominator = 1;

  consteval rational(std::int64_t n = 0, std::int64_t d = 1) {
    const std::int64_t common = std::gcd(n, d) * (d < 0 ? -1 : 1);
    numerator = n / common;
    denominator = d / common;
  }
  friend consteval rational operator+(rational a, rational b) {
    return {a.numerator * b.denominator + b.numerator * a.denominator,
            a.denominator * b.denominator};
  }
  friend consteval rational operator-(rational a, rational b) { return a + rational(-1) * b; }
  friend consteval rational operator*(rational a, rational b) {
    return {a.numerator * b.numerator, a.denominator * b.denominator};
  }
  friend consteval rational operator/(rational a, rational b) {
    return a * rational(b.denominator, b.numerator);
  }
  friend consteval bool operator==(rational, rational) = default;
};

/// cook_toom makes outputs y[i] = sum over k of d[i + k] g[k], i < M and k < R, by M + R - 1 products
/// instead of M R: y = output (kernel g . input d), with `.` element by element.
template <std::size_t M, std::size_t R>
struct cook_toom {
  static constexpr std::size_t points = M + R - 1; // the last of them is infinity

  rational output[M][points]{};
  rational kernel[points][R]{};
  rational input[points][points]{};

  consteval cook_toom() {
    if constexpr (R == 1) { // nothing to save: y = g d
      for (std::size_t i = 0; i < M; ++i) output[i][i] = kernel[i][0] = input[i][i] = 1;
      return;
    }
    // Small numbers whose powers are exact and whose opposites share half of the additions.
    constexpr rational all[]{0, 1, -1, 2, -2, {1, 2}, {-1, 2}};
    constexpr std::size_t finite = points - 1;
    for (std::size_t j = 0; j < finite; ++j) {
      rational power = 1, norm = 1;
      for (std::size_t l = 0; l < finite; ++l)
        if (l != j) norm = norm * (all[j] - all[l]);
      for (std::size_t i = 0; i < M || i < R; ++i, power = power * all[j]) {
        if (i < M) output[i][j] = power;
        if (i < R) kernel[j][i] = power / norm;
      }
    }
    output[M - 1][finite] = kernel[finite][R - 1] = 1;
    // Row j holds the coefficients of the product of (x - point) over all other finite points.
    for (std::size_t j = 0; j < points; ++j) {
      input[j][0] = 1;
      for (std::size_t l = 0, degree = 0; l < finite; ++l) {
        if (l == j) continue;
        ++degree;
        for (std::size_t i = degree + 1; i-- > 0;)
          input[j][i] = (i > 0 ? input[j][i - 1] : rational(0)) - all[l] * input[j][i];
      }
    }
  }
};

/// strided_filter makes outputs y[i] = sum over k of d[S i + k] g[k] as the sum of S filters of stride 1: the
/// pixels and taps s, s + S, s + 2S, … are one for each s < S, by cook_toom. Of stride 1 it is cook_toom.
template <std::size_t M, std::size_t R, std::size_t S>
struct strided_filter {
  static_assert(R >= S, "the window would skip pixels");
  static constexpr std::size_t points = S * (M - 1) + R; // as many as pixels

  rational output[M][points]{};
  rational kernel[points][R]{};
  rational input[points][points]{};

  consteval strided_filter() { place<0>(0); }

  /// proved is whether y is right for every d and g: it compares the coefficient of each product
  /// d[j] g[k].
  consteval bool proved() const {
    for (std::size_t i = 0; i < M; ++i)
      for (std::size_t j = 0; j < points; ++j)
        for (std::size_t k = 0; k < R; ++k) {
          rational sum = 0;
          for (std::size_t p = 0; p < points; ++p)
            sum = sum + output[i][p] * kernel[p][k] * input[p][j];
          if (sum != rational(j == S * i + k ? 1 : 0)) return false;
        }
    return true;
  }

private:
  /// The points of a phase begin at `first`, and after them come those of the next.
  template <std::size_t Phase>
  consteval void place(std::size_t first) {
    constexpr std::size_t taps = (R - Phase + S - 1) / S;
    constexpr cook_toom<M, taps> phase;
    for (std::size_t p = 0; p < phase.points; ++p) {
      for (std::size_t i = 0; i < M; ++i) output[i][first + p] = phase.output[i][p];
      for (std::size_t k = 0; k < taps; ++k) kernel[first + p][Phase + S * k] = phase.kernel[p][k];
      for (std::size_t j = 0; j < phase.points; ++j)
        input[first + p][Phase + S * j] = phase.input[p][j];
    }
    if constexpr (Phase + 1 < S) place<Phase + 1>(first + phase.points);
  }
};

template <std::size_t Rows, std::size_t Columns>
consteval auto rounded(const rational (&m)[Rows][Columns]) {
  matrix<Rows, Columns> result;
  for (std::size_t i = 0; i < Rows; ++i)
    for (std::size_t j = 0; j < Columns; ++j)
      result.at[i][j] =
          static_cast<double>(m[i][j].numerator) / static_cast<double>(m[i][j].denominator);
  return result;
}

} // namespace detail

/// winograd_matrices are in floating point: M outputs of R taps, S pixels apart, are output (U . V) with
/// U = kernel g and V = input d; the transposed matrices take gradients back. A tile is that in both directions.
template <std::size_t M, std::size_t R, std::size_t S = 1>
struct winograd_matrices {
  static_assert(R == 1 || M + (R + S - 1) / S - 1 <= 8,
                "of more points the errors grow past single precision");
  static constexpr detail::strided_filter<M, R, S> exact{};
  static_assert(exact.proved());

  static constexpr auto output = detail::rounded(exact.output);
  static constexpr auto kernel = detail::rounded(exact.kernel);
  static constexpr auto input = detail::rounded(exact.input);

  /// first_unit and last_unit are the points of whose products each output has exactly one, times 1: their
  /// sum is that of the outputs. Where the first phase has several taps it is its point 1, of one tap there
  /// is a point an output.
  static constexpr std::size_t first_unit = R > S ? 1 : 0, last_unit = R > S ? 1 : M - 1;
};

} // namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET
