#pragma once
/// @file
/// Normalisation, one element at a time: the specification of kernels/normalization.hpp.

#include <cmath>
#include <cstddef>
#include <vector>

#include <ctnn/kernels/geometry.hpp>

namespace ctnn::kernels::reference {

using Real = long double; ///< long sums in double would not tell how good those of the kernel are

/// A NormalizationSet is the statistics of some elements.
struct NormalizationSet {
  Real mean = 0, variance = 0;
};

/// set_of is the number of the set of a sample that element `i`, channels last, belongs to.
constexpr std::size_t set_of(const NormalizationGeometry& g, std::size_t i) {
  return g.groups == 0 ? i / g.channels : i % g.channels / (g.channels / g.groups);
}

/// normalization_sets are the statistics of one sample; without centering the mean is 0, and the
/// variance the mean of squares.
template <class T>
std::vector<NormalizationSet> normalization_sets(const NormalizationGeometry& g, const T* x) {
  std::vector<NormalizationSet> sets(g.sets());
  const auto size = static_cast<Real>(g.set_size());
  if (g.centered)
    for (std::size_t i = 0; i < g.size(); ++i)
      sets[set_of(g, i)].mean += static_cast<Real>(x[i]) / size;
  for (std::size_t i = 0; i < g.size(); ++i) {
    NormalizationSet& set = sets[set_of(g, i)];
    const Real from_mean = static_cast<Real>(x[i]) - set.mean;
    set.variance += from_mean * from_mean / size;
  }
  return sets;
}

/// x, y: one sample. weight and bias are null where there are none.
template <class T>
void normalization_forward(const NormalizationGeometry& g, Real eps, const T* x, const T* weight,
                           const T* bias, double* y) {
  const auto sets = normalization_sets(g, x);
  for (std::size_t i = 0; i < g.size(); ++i) {
    const NormalizationSet& set = sets[set_of(g, i)];
    Real value = (static_cast<Real>(x[i]) - set.mean) / std::sqrt(set.variance + eps);
    if (weight != nullptr) value *= static_cast<Real>(weight[i % g.channels]);
    if (bias != nullptr) value += static_cast<Real>(bias[i % g.channels]);
    y[i] = static_cast<double>(value);
  }
}

/// Assigns dx, adds to dweight and dbias.
template <class T>
void normalization_backward(const NormalizationGeometry& g, Real eps, const T* x, const T* weight,
                            const T* dy, double* dx, double* dweight, double* dbias) {
  const auto sets = normalization_sets(g, x);
  const auto size = static_cast<Real>(g.set_size());
  std::vector<Real> shift(g.sets()), turn(g.sets()); // the means of g and of g * unit
  const auto unit = [&](std::size_t i) {
    const NormalizationSet& set = sets[set_of(g, i)];
    return (static_cast<Real>(x[i]) - set.mean) / std::sqrt(set.variance + eps);
  };
  const auto gradient = [&](std::size_t i) {
    return static_cast<Real>(dy[i]) *
           (weight != nullptr ? static_cast<Real>(weight[i % g.channels]) : 1);
  };
  for (std::size_t i = 0; i < g.size(); ++i) {
    if (g.centered) shift[set_of(g, i)] += gradient(i) / size;
    turn[set_of(g, i)] += gradient(i) * unit(i) / size;
    if (dweight != nullptr)
      dweight[i % g.channels] += static_cast<double>(static_cast<Real>(dy[i]) * unit(i));
    if (dbias != nullptr) dbias[i % g.channels] += static_cast<double>(dy[i]);
  }
  for (std::size_t i = 0; i < g.size(); ++i) {
    const std::size_t set = set_of(g, i);
    dx[i] = static_cast<double>((gradient(i) - shift[set] - unit(i) * turn[set]) /
                                std::sqrt(sets[set].variance + eps));
  }
}

} // namespace ctnn::kernels::reference
