#pragma once
/// @file
/// Flat parameter updates, and the sum of the shards' gradients that comes before them.
/// Formulas: _single_tensor_sgd, _single_tensor_adam, _single_tensor_adamw of PyTorch 1.13
/// (torch/optim/{sgd,adam,adamw}.py), without dampening, amsgrad and maximize. Every operation is a
/// single IEEE one (no fma), in PyTorch's order, so the bits are the same on every instruction set.

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include <ctnn/core/instruction_set.hpp>
#include <ctnn/kernels/simd.hpp>

namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET {

/// sgd_rates are the hyper-parameters of sgd_step.
struct sgd_rates {
  double lr, momentum, weight_decay;
  bool nesterov;
};

/// sgd_step is one step of torch.optim.SGD over `count` parameters w with gradients g. `velocity` is
/// the momentum buffer, zero before the first step; it is neither read nor written if momentum is 0,
/// and may be null then.
template <class T>
inline void sgd_step(std::size_t count, T* w, const T* g, T* velocity, const sgd_rates& rates) {
  using V = simd::vec<T>;
  const V rate(static_cast<T>(rates.lr)), inertia(static_cast<T>(rates.momentum));
  const V decay(static_cast<T>(rates.weight_decay));
  const bool decays = rates.weight_decay != 0, moves = rates.momentum != 0;
  const bool nesterov = rates.nesterov;
  simd::for_each_vector<T>(count, [=](std::size_t i, std::size_t part) {
    const V weight = simd::load_first(w + i, part);
    V step = simd::load_first(g + i, part);
    if (decays) step = step + decay * weight;
    if (moves) {
      const V speed = inertia * simd::load_first(velocity + i, part) + step;
      simd::store_first(velocity + i, speed, part);
      step = nesterov ? step + inertia * speed : speed;
    }
    simd::store_first(w + i, weight - rate * step, part);
  });
}

/// adam_rates are the hyper-parameters of adam_step. Weight decay is added to the gradient (Adam), or,
/// decoupled, shrinks the weight itself by lr * weight_decay (AdamW).
struct adam_rates {
  double lr, beta1, beta2, eps, weight_decay;
  bool decoupled;
};

/// adam_step is one step of torch.optim.Adam or AdamW over `count` parameters w with gradients g. m and
/// v are the moving averages of the gradient and of its square, zero before the first step; `step`
/// counts from 1.
template <class T>
inline void adam_step(std::size_t count, T* w, const T* g, T* m, T* v, std::uint64_t step,
                      const adam_rates& rates) {
  using V = simd::vec<T>;
  const auto number = [](double value) { return V(static_cast<T>(value)); };
  const auto correction = [step](double beta) {
    return 1 - std::pow(beta, static_cast<double>(step));
  };
  const V beta1 = number(rates.beta1), rest1 = number(1 - rates.beta1);
  const V beta2 = number(rates.beta2), rest2 = number(1 - rates.beta2);
  const V rate = number(rates.lr / correction(rates.beta1));
  const V root = number(std::sqrt(correction(rates.beta2)));
  const V eps = number(rates.eps);
  const V decay = number(rates.weight_decay);
  const V kept = number(1 - rates.lr * rates.weight_decay);
  const bool decays = rates.weight_decay != 0, decoupled = rates.decoupled;
  simd::for_each_vector<T>(count, [=](std::size_t i, std::size_t part) {
    V weight = simd::load_first(w + i, part);
    V gradient = simd::load_first(g + i, part);
    if (decoupled)
      weight = weight * kept;
    else if (decays)
      gradient = gradient + decay * weight;
    const V mean = beta1 * simd::load_first(m + i, part) + rest1 * gradient;
    const V square = beta2 * simd::load_first(v + i, part) + rest2 * gradient * gradient;
    simd::store_first(m + i, mean, part);
    simd::store_first(v + i, square, part);
    simd::store_first(w + i, weight - rate * mean / (sqrt(square) / root + eps), part);
  });
}

/// sum_shards assigns out[i] = the sum over s of first[s * stride + i], for i < count and s < shards,
/// shards >= 1. The order is a fixed binary tree, ((0+1)+(2+3))+..., so it depends on the number of
/// shards and never on the threads. `out` may be one of the shards.
template <class T>
inline void sum_shards(std::size_t count, std::size_t shards, const T* first, std::size_t stride,
                       T* out) {
  using V = simd::vec<T>;
  simd::for_each_vector<T>(count, [=](std::size_t i, std::size_t part) {
    // Sums of finished subtrees, largest first: one for each 1 in the binary number of shards read.
    std::array<V, 64> subtree;
    std::size_t height = 0;
    for (std::size_t s = 0; s < shards; ++s) {
      V sum = simd::load_first(first + s * stride + i, part);
      for (std::size_t carry = s; carry & 1; carry >>= 1) sum = subtree[--height] + sum;
      subtree[height++] = sum;
    }
    V sum = subtree[--height];
    while (height > 0) sum = subtree[--height] + sum;
    simd::store_first(out + i, sum, part);
  });
}

} // namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET
