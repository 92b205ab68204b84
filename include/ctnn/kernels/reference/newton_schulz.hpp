#pragma once
/// @file
/// Newton and Schulz's iteration in plain scalar code: the specification of the kernel, and its oracle in
/// tests.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace ctnn::kernels::reference {

/// newton_schulz does `steps` times X = a X + (b A + c A^2) X, A = X X^T, beginning with the matrix
/// [rows][columns] over its norm. (X X^T) X is X (X^T X): it does not matter here which way the matrix lies.
template <class T>
void newton_schulz(std::size_t rows, std::size_t columns, T* matrix, std::size_t steps) {
  constexpr T a = T(3.4445), b = T(-4.7750), c = T(2.0315);
  T square = 0;
  for (std::size_t i = 0; i < rows * columns; ++i) square += matrix[i] * matrix[i];
  const T norm = std::max(std::sqrt(square), T(1e-7));
  for (std::size_t i = 0; i < rows * columns; ++i) matrix[i] /= norm;

  const auto times = [](std::size_t height, std::size_t depth, std::size_t width,
                        const std::vector<T>& left, const std::vector<T>& right) {
    std::vector<T> product(height * width);
    for (std::size_t i = 0; i < height; ++i)
      for (std::size_t k = 0; k < depth; ++k)
        for (std::size_t j = 0; j < width; ++j)
          product[i * width + j] += left[i * depth + k] * right[k * width + j];
    return product;
  };
  for (std::size_t step = 0; step < steps; ++step) {
    const std::vector<T> x(matrix, matrix + rows * columns);
    std::vector<T> transposed(x.size());
    for (std::size_t i = 0; i < rows; ++i)
      for (std::size_t j = 0; j < columns; ++j) transposed[j * rows + i] = x[i * columns + j];
    const std::vector<T> product = times(rows, columns, rows, x, transposed);
    const std::vector<T> squared = times(rows, rows, rows, product, product);
    std::vector<T> map(product.size());
    for (std::size_t i = 0; i < map.size(); ++i) map[i] = b * product[i] + c * squared[i];
    const std::vector<T> mapped = times(rows, rows, columns, map, x);
    for (std::size_t i = 0; i < x.size(); ++i) matrix[i] = a * x[i] + mapped[i];
  }
}

} // namespace ctnn::kernels::reference
