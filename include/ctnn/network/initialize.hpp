#pragma once
/// @file
/// What draws the numbers that parameters start as.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include <ctnn/core/init.hpp>
#include <ctnn/core/instruction_set.hpp>
#include <ctnn/core/shape.hpp>
#include <ctnn/kernels/normal_quantile.hpp>
#include <ctnn/kernels/orthonormalize.hpp>
#include <ctnn/kernels/random.hpp>

namespace ctnn::detail::inline CTNN_INSTRUCTION_SET {

/// A Draw is the random numbers of a parameter, each a function of the key and the element's index.
struct Draw {
  kernels::RandomKey key;

  /// uniform is in [0, 1).
  double uniform(std::size_t i) const {
    const auto words = kernels::random_block(key, i, 0);
    return kernels::uniform01<double>(words[0], words[1]);
  }
  /// normal is of mean 0 and deviation 1.
  double normal(std::size_t i) const {
    const auto words = kernels::random_block(key, i, 0);
    return kernels::normal01(words[0], words[1]);
  }
};

/// initialize_orthogonal assigns a weight {out, in, …} whose rows, or columns if they are fewer, are
/// orthogonal and of length `gain`: torch.nn.init.orthogonal_, in double.
template <class T>
void initialize_orthogonal(std::span<T> weight, std::size_t rows, double gain, Draw draw) {
  const std::size_t columns = weight.size() / rows;
  const bool by_rows = rows <= columns;
  const std::size_t count = std::min(rows, columns);
  constexpr std::size_t step = kernels::orthonormalize::step;
  const std::size_t length = (std::max(rows, columns) + step - 1) / step * step;
  std::vector<double> vectors(count * length); // zeros behind each
  const auto element = [&](std::size_t i) -> double& {
    const std::size_t row = i / columns, column = i % columns;
    return by_rows ? vectors[row * length + column] : vectors[column * length + row];
  };
  for (std::size_t i = 0; i < weight.size(); ++i) element(i) = draw.normal(i);
  kernels::orthonormalize::run(count, length, vectors.data());
  for (std::size_t i = 0; i < weight.size(); ++i) weight[i] = static_cast<T>(gain * element(i));
}

/// initialize assigns the elements of a parameter. Each is a function of key and index alone, but those
/// of an orthogonal one, which are of the key and all others.
template <class T>
void initialize(std::span<T> elements, const Shape& shape, const Initial& initial,
                kernels::RandomKey key) {
  const Draw draw{key};
  const auto assign = [&](auto&& number) {
    for (std::size_t i = 0; i < elements.size(); ++i) elements[i] = static_cast<T>(number(i));
  };
  const auto assign_uniform = [&](double bound) {
    assign([&](std::size_t i) { return (2 * draw.uniform(i) - 1) * bound; });
  };
  const auto assign_normal = [&](double mean, double deviation) {
    assign([&](std::size_t i) { return mean + deviation * draw.normal(i); });
  };

  const Fans fans = fans_of(shape);
  const auto kaiming_variance = [&] {
    return initial.spread / static_cast<double>(initial.by_outputs ? fans.out : fans.in);
  };
  const auto xavier_variance = [&] {
    return 2 * initial.spread / static_cast<double>(fans.in + fans.out);
  };
  switch (initial.start) {
  case Start::constant:
    return assign([&](std::size_t) { return initial.value; });
  case Start::uniform_by_fan_in:
    return assign_uniform(initial.fan_in > 0 ? 1 / std::sqrt(static_cast<double>(initial.fan_in))
                                             : 0);
  case Start::uniform:
    return assign([&](std::size_t i) {
      return initial.value + (initial.spread - initial.value) * draw.uniform(i);
    });
  case Start::normal:
    return assign_normal(initial.value, initial.spread);
  case Start::trunc_normal:
    return assign([&](std::size_t i) {
      return kernels::truncated_normal(draw.uniform(i), initial.value, initial.spread,
                                       initial.lowest, initial.highest);
    });
  case Start::kaiming_uniform:
    return assign_uniform(std::sqrt(3 * kaiming_variance()));
  case Start::kaiming_normal:
    return assign_normal(0, std::sqrt(kaiming_variance()));
  case Start::xavier_uniform:
    return assign_uniform(std::sqrt(3 * xavier_variance()));
  case Start::xavier_normal:
    return assign_normal(0, std::sqrt(xavier_variance()));
  case Start::orthogonal:
    return initialize_orthogonal(elements, shape[0], initial.spread, draw);
  }
}

} // namespace ctnn::detail::inline CTNN_INSTRUCTION_SET
