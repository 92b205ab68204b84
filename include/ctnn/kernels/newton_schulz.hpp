#pragma once
/// @file
/// Matrices made nearly orthogonal, as Muon does with its steps.

#include <algorithm>
#include <cmath>
#include <cstddef>

#include <ctnn/core/instruction_set.hpp>
#include <ctnn/kernels/gemm.hpp>
#include <ctnn/kernels/optimizer_step.hpp>
#include <ctnn/kernels/simd.hpp>

namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET {

/// newton_schulz brings the singular values of a matrix, which keeps its singular vectors, to between 0.7
/// and 1.2: X = a X + (b A + c A^2) X with A = X X^T, some steps of it. The coefficients are Keller
/// Jordan's, chosen to be fast at zero. Sizes are no template arguments: the products are gemm's.
template <class T>
struct newton_schulz {
  static constexpr double a = 3.4445, b = -4.7750, c = 2.0315;
  static constexpr double eps = 1e-7; ///< what the norm that X is divided by first is at least

  /// scratch_size is the elements of the scratch for such a matrix.
  static constexpr std::size_t scratch_size(std::size_t rows, std::size_t columns) {
    const sizes s(rows, columns);
    return s.narrow * s.padded_wide + s.transposed() + 2 * s.narrow * s.padded_narrow;
  }

  /// run does `steps` steps with matrix [rows][columns], in scratch that does not overlap it.
  static void run(std::size_t rows, std::size_t columns, T* matrix, std::size_t steps, T* scratch) {
    const sizes s(rows, columns);
    std::fill_n(scratch, scratch_size(rows, columns), T(0)); // what is padding stays so
    T* const x = scratch;                                    // [narrow][wide]
    T* const y = x + s.narrow * s.padded_wide;               // [wide][narrow], or as x
    T* const product = y + s.transposed();                   // [narrow][narrow]
    T* const map = product + s.narrow * s.padded_narrow;     // [narrow][narrow]
    // Of the two products of a matrix with its transpose, the smaller one.
    const std::size_t row = rows <= columns ? columns : 1, column = rows <= columns ? 1 : columns;
    const T norm = static_cast<T>(std::max(std::sqrt(sum_of_squares(rows * columns, matrix)), eps));
    for (std::size_t i = 0; i < s.narrow; ++i)
      for (std::size_t j = 0; j < s.wide; ++j)
        x[i * s.padded_wide + j] = matrix[i * row + j * column] / norm;
    for (std::size_t step = 0; step < steps; ++step) {
      transpose(s, x, y);
      multiply_all(s.narrow, s.wide, x, s.padded_wide, y, product, s.padded_narrow);
      multiply_all(s.narrow, s.narrow, product, s.padded_narrow, product, map, s.padded_narrow);
      combine(s.narrow * s.padded_narrow, c, map, b, product, map);
      multiply_all(s.narrow, s.narrow, map, s.padded_narrow, x, y, s.padded_wide);
      combine(s.narrow * s.padded_wide, a, x, 1, y, x);
    }
    for (std::size_t i = 0; i < s.narrow; ++i)
      for (std::size_t j = 0; j < s.wide; ++j)
        matrix[i * row + j * column] = x[i * s.padded_wide + j];
  }

private:
  static constexpr std::size_t lanes = simd::lanes<T>;

  static constexpr std::size_t padded(std::size_t size) {
    return (size + lanes - 1) / lanes * lanes;
  }

  struct sizes {
    std::size_t narrow, wide, padded_narrow, padded_wide;

    constexpr sizes(std::size_t rows, std::size_t columns)
        : narrow(std::min(rows, columns)), wide(std::max(rows, columns)),
          padded_narrow(padded(narrow)), padded_wide(padded(wide)) {}
    constexpr std::size_t transposed() const {
      return std::max(wide * padded_narrow, narrow * padded_wide);
    }
  };

  /// transpose assigns x^T to y, a vector of y's rows at a time, so that both are read and written in
  /// order.
  static void transpose(const sizes& s, const T* x, T* y) {
    for (std::size_t first = 0; first < s.narrow; first += lanes)
      for (std::size_t j = 0; j < s.wide; ++j) {
        const std::size_t last = std::min(first + lanes, s.narrow);
        for (std::size_t i = first; i < last; ++i)
          y[j * s.padded_narrow + i] = x[i * s.padded_wide + j];
        // Behind a product of another shape, padding is to be zero again.
        for (std::size_t i = last; i < first + lanes; ++i) y[j * s.padded_narrow + i] = T(0);
      }
  }

  /// combine assigns out = p * from + q * other; out may be each of them.
  static void combine(std::size_t size, double p, const T* from, double q, const T* other, T* out) {
    const simd::vec<T> of_from(static_cast<T>(p)), of_other(static_cast<T>(q));
    for (std::size_t i = 0; i < size; i += lanes)
      simd::store(out + i, of_from * simd::load(from + i) + of_other * simd::load(other + i));
  }

  /// multiply_all assigns to = left right: left is [rows][depth], its rows left_step apart, right
  /// [depth][width] and to [rows][width] in whole vectors.
  static void multiply_all(std::size_t rows, std::size_t depth, const T* left,
                           std::size_t left_step, const T* right, T* to, std::size_t width) {
    using whole = panel<T, panels<T, lanes>::most, lanes>;
    using single = panel<T, 1, lanes>;
    std::size_t at = 0;
    for (; at + whole::width <= width; at += whole::width)
      multiply_panel<whole>(rows, depth, left, left_step, right + at, to + at, width);
    for (; at < width; at += lanes)
      multiply_panel<single>(rows, depth, left, left_step, right + at, to + at, width);
  }

  template <class Panel>
  static void multiply_panel(std::size_t rows, std::size_t depth, const T* left,
                             std::size_t left_step, const T* right, T* to, std::size_t width) {
    constexpr std::size_t most = 256; // rows of a panel that stay in the second-level cache: 64 KB
    for (std::size_t k = 0; k < depth; k += most) {
      const strided_matrix<const T> part{left + k, left_step, 1};
      const T* const from = right + k * width;
      const std::size_t count = std::min(most, depth - k);
      if (k == 0)
        multiply<Panel, false>(rows, count, part, from, width, to, width, from);
      else
        multiply<Panel, true>(rows, count, part, from, width, to, width);
    }
  }
};

/// muon_rates are the hyper-parameters of muon_step.
struct muon_rates {
  double lr;     ///< as it is adjusted to the matrix's shape
  double shrink; ///< what is taken off a weight, as a part of it
  double momentum;
  bool nesterov;
  std::size_t steps; ///< of newton_schulz
};

/// muon_scratch_size is the elements of muon_step's scratch.
template <class T>
constexpr std::size_t muon_scratch_size(std::size_t rows, std::size_t columns) {
  return rows * columns + newton_schulz<T>::scratch_size(rows, columns);
}

/// muon_step is one step of torch.optim.Muon over the matrix w [rows][columns] with gradient g. m is the
/// moving average of the gradient, zero before the first step.
template <class T>
inline void muon_step(std::size_t rows, std::size_t columns, T* w, const T* g, T* m, T* scratch,
                      const muon_rates& rates) {
  using V = simd::vec<T>;
  const std::size_t size = rows * columns;
  T* const step = scratch;
  const V rest(static_cast<T>(1 - rates.momentum));
  const bool nesterov = rates.nesterov;
  simd::for_each_vector<T>(size, [=](std::size_t i, std::size_t part) {
    const V gradient = simd::load_first(g + i, part), old = simd::load_first(m + i, part);
    const V mean = old + rest * (gradient - old);
    simd::store_first(m + i, mean, part);
    simd::store_first(step + i, nesterov ? mean - (mean - gradient) * rest : mean, part);
  });
  newton_schulz<T>::run(rows, columns, step, rates.steps, scratch + size);
  const V kept(static_cast<T>(1 - rates.shrink)), rate(static_cast<T>(rates.lr));
  simd::for_each_vector<T>(size, [=](std::size_t i, std::size_t part) {
    simd::store_first(
        w + i, simd::load_first(w + i, part) * kept - rate * simd::load_first(step + i, part),
        part);
  });
}

} // namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET
