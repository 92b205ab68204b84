#pragma once
// Flat parameter updates, and the sum of the shards' gradients that comes before them.
// Formulas: _single_tensor_sgd, _single_tensor_adam, _single_tensor_adamw of PyTorch 1.13
// (torch/optim/{sgd,adam,adamw}.py), without dampening, amsgrad and maximize. Every operation is a
// single IEEE one (no fma), in PyTorch's order, so the bits are the same on every instruction set.

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include <ctnn/kernels/simd.hpp>

namespace ctnn::kernels {

/// torch.optim.SGD over `count` parameters w with gradients g. `velocity` is the momentum buffer,
/// zero before the first step; it is neither read nor written if momentum is 0, and may be null
/// then.
template <class T>
inline void sgd_step(std::size_t count, T* w, const T* g, T* velocity, double lr, double momentum,
                     double weight_decay, bool nesterov) {
  using V = simd::vec<T>;
  const V rate(static_cast<T>(lr)), inertia(static_cast<T>(momentum));
  const V decay(static_cast<T>(weight_decay));
  simd::for_each_vector<T>(count, [=](std::size_t i, std::size_t part) {
    const V weight = simd::load_first(w + i, part);
    V step = simd::load_first(g + i, part);
    if (weight_decay != 0) step = step + decay * weight;
    if (momentum != 0) {
      const V speed = inertia * simd::load_first(velocity + i, part) + step;
      simd::store_first(velocity + i, speed, part);
      step = nesterov ? step + inertia * speed : speed;
    }
    simd::store_first(w + i, weight - rate * step, part);
  });
}

namespace detail {

/// What Adam and AdamW share: m and v are the moving averages of the gradient and of its square.
/// `weight` and `gradient` have had their weight decay; returns the new weights.
template <class T>
class AdamUpdate {
public:
  AdamUpdate(std::uint64_t step, double lr, double beta1, double beta2, double eps)
      : beta1_(static_cast<T>(beta1)), beta2_(static_cast<T>(beta2)),
        rest1_(static_cast<T>(1 - beta1)), rest2_(static_cast<T>(1 - beta2)),
        eps_(static_cast<T>(eps)),
        rate_(static_cast<T>(lr / (1 - std::pow(beta1, static_cast<double>(step))))),
        correction_(static_cast<T>(std::sqrt(1 - std::pow(beta2, static_cast<double>(step))))) {}

  simd::vec<T> operator()(simd::vec<T> weight, simd::vec<T> gradient, T* m, T* v,
                          std::size_t part) const {
    using V = simd::vec<T>;
    const V mean = beta1_ * simd::load_first(m, part) + rest1_ * gradient;
    const V square = beta2_ * simd::load_first(v, part) + rest2_ * gradient * gradient;
    simd::store_first(m, mean, part);
    simd::store_first(v, square, part);
    return weight - rate_ * mean / (sqrt(square) / correction_ + eps_);
  }

private:
  simd::vec<T> beta1_, beta2_, rest1_, rest2_, eps_, rate_, correction_;
};

} // namespace detail

/// torch.optim.Adam: weight decay is added to the gradient. m and v are zero before the first step;
/// `step` counts from 1.
template <class T>
inline void adam_step(std::size_t count, T* w, const T* g, T* m, T* v, std::uint64_t step,
                      double lr, double beta1, double beta2, double eps, double weight_decay) {
  using V = simd::vec<T>;
  const detail::AdamUpdate<T> update(step, lr, beta1, beta2, eps);
  const V decay(static_cast<T>(weight_decay));
  simd::for_each_vector<T>(count, [=, &update](std::size_t i, std::size_t part) {
    const V weight = simd::load_first(w + i, part);
    V gradient = simd::load_first(g + i, part);
    if (weight_decay != 0) gradient = gradient + decay * weight;
    simd::store_first(w + i, update(weight, gradient, m + i, v + i, part), part);
  });
}

/// torch.optim.AdamW: weight decay shrinks the weight itself, by lr * weight_decay. Otherwise as
/// adam_step.
template <class T>
inline void adamw_step(std::size_t count, T* w, const T* g, T* m, T* v, std::uint64_t step,
                       double lr, double beta1, double beta2, double eps, double weight_decay) {
  using V = simd::vec<T>;
  const detail::AdamUpdate<T> update(step, lr, beta1, beta2, eps);
  const V kept(static_cast<T>(1 - lr * weight_decay));
  simd::for_each_vector<T>(count, [=, &update](std::size_t i, std::size_t part) {
    const V weight = simd::load_first(w + i, part) * kept;
    const V gradient = simd::load_first(g + i, part);
    simd::store_first(w + i, update(weight, gradient, m + i, v + i, part), part);
  });
}

/// out[i] = the sum over s of first[s * stride + i], for i < count and s < shards, shards >= 1. The
/// order is a fixed binary tree, ((0+1)+(2+3))+..., so it depends on the number of shards and never
/// on the threads. `out` may be one of the shards.
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

} // namespace ctnn::kernels
