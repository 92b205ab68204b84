#pragma once
/// @file
/// Flat parameter updates, and what comes before and after them: the sum of the shards' gradients,
/// their norm, the average of the weights.
/// Formulas: _single_tensor_sgd, _single_tensor_adam, _single_tensor_adamw, _single_tensor_rmsprop and
/// _multi_tensor_nadam of PyTorch 1.13 (torch/optim/{sgd,adam,adamw,rmsprop,nadam}.py), without
/// dampening, amsgrad and maximize; lion is Algorithm 2 of arXiv 2302.06675. Every operation is a single
/// IEEE one (no fma), in PyTorch's order, so the bits are the same on every instruction set.

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

/// moment_rates are the hyper-parameters of moments_step, in the order in which they are used: weight
/// decay is added to the gradient, or, decoupled, the weight is multiplied by `kept`. `root` is what the
/// root of the mean square is divided by.
struct moment_rates {
  double decay, kept;
  bool decoupled;
  double beta1, beta2, root, eps;
  double of_mean;           ///< the learning rate of the mean gradient
  double of_gradient = 0;   ///< the learning rate of the gradient itself, if `looks_ahead`
  bool looks_ahead = false; ///< whether the gradient itself moves the weight too
};

/// moments_step moves `count` parameters w by the moving averages m and v of their gradients g and of
/// the squares of these.
template <class T>
inline void moments_step(std::size_t count, T* w, const T* g, T* m, T* v,
                         const moment_rates& rates) {
  using V = simd::vec<T>;
  const auto number = [](double value) { return V(static_cast<T>(value)); };
  const V beta1 = number(rates.beta1), rest1 = number(1 - rates.beta1);
  const V beta2 = number(rates.beta2), rest2 = number(1 - rates.beta2);
  const V of_mean = number(rates.of_mean), of_gradient = number(rates.of_gradient);
  const V root = number(rates.root), eps = number(rates.eps);
  const V decay = number(rates.decay), kept = number(rates.kept);
  const bool decays = rates.decay != 0, decoupled = rates.decoupled, ahead = rates.looks_ahead;
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
    const V deviation = sqrt(square) / root + eps;
    if (ahead) weight = weight - of_gradient * gradient / deviation;
    simd::store_first(w + i, weight - of_mean * mean / deviation, part);
  });
}

/// adam_rates are the hyper-parameters of adam_step and nadam_step. Weight decay is added to the
/// gradient (Adam), or, decoupled, shrinks the weight itself by lr * weight_decay (AdamW).
struct adam_rates {
  double lr, beta1, beta2, eps, weight_decay;
  bool decoupled;
};

/// moments_of is what both steps make of their hyper-parameters, all but the learning rates.
inline moment_rates moments_of(const adam_rates& rates, double step) {
  return {.decay = rates.weight_decay,
          .kept = 1 - rates.lr * rates.weight_decay,
          .decoupled = rates.decoupled,
          .beta1 = rates.beta1,
          .beta2 = rates.beta2,
          .root = std::sqrt(1 - std::pow(rates.beta2, step)),
          .eps = rates.eps,
          .of_mean = 0};
}

/// adam_step is one step of torch.optim.Adam or AdamW over `count` parameters w with gradients g. m and
/// v are the moving averages of the gradient and of its square, zero before the first step; `step`
/// counts from 1.
template <class T>
inline void adam_step(std::size_t count, T* w, const T* g, T* m, T* v, std::uint64_t step,
                      const adam_rates& rates) {
  moment_rates moments = moments_of(rates, static_cast<double>(step));
  moments.of_mean = rates.lr / (1 - std::pow(rates.beta1, static_cast<double>(step)));
  moments_step(count, w, g, m, v, moments);
}

/// nadam_momentum is the momentum of step `step`, from 1, of torch.optim.NAdam.
inline double nadam_momentum(double step, double beta1, double decay) {
  return beta1 * (1 - 0.5 * std::pow(0.96, step * decay));
}

/// nadam_product is the product of the momenta of the steps up to `step`. PyTorch keeps it as state; here
/// it is a closed form, so that there is nothing to save: the logarithm of the product of the 1 - q^k / 2
/// is the sum of -2^-j / j times (q^j + q^2j + ... + q^(step * j)), of which 60 terms leave no rest.
inline double nadam_product(double step, double beta1, double decay) {
  const double log_q = decay * std::log(0.96);
  double log_product = 0;
  for (int j = 60; j > 0; --j) {
    const double log_qj = j * log_q;
    const double geometric =
        log_qj == 0 ? step : std::exp(log_qj) * std::expm1(step * log_qj) / std::expm1(log_qj);
    log_product -= std::ldexp(geometric, -j) / j;
  }
  return std::pow(beta1, step) * std::exp(log_product);
}

/// nadam_step is the same of torch.optim.NAdam.
template <class T>
inline void nadam_step(std::size_t count, T* w, const T* g, T* m, T* v, std::uint64_t step,
                       const adam_rates& rates, double momentum_decay) {
  const double now = static_cast<double>(step);
  const double momentum = nadam_momentum(now, rates.beta1, momentum_decay);
  const double next = nadam_momentum(now + 1, rates.beta1, momentum_decay);
  const double product = nadam_product(now, rates.beta1, momentum_decay);
  moment_rates moments = moments_of(rates, now);
  moments.of_gradient = rates.lr * (1 - momentum) / (1 - product);
  moments.of_mean = rates.lr * next / (1 - product * next);
  moments.looks_ahead = true;
  moments_step(count, w, g, m, v, moments);
}

/// rmsprop_rates are the hyper-parameters of rmsprop_step.
struct rmsprop_rates {
  double lr, alpha, eps, weight_decay, momentum;
  bool centered;
};

/// rmsprop_step is one step of torch.optim.RMSprop over `count` parameters w with gradients g. `square`
/// and `mean` are the moving averages of the squared gradient and of the gradient, `velocity` is the
/// momentum buffer, all zero before the first step. `mean` is neither read nor written unless centered,
/// `velocity` if momentum is 0; each may be null then.
template <class T>
inline void rmsprop_step(std::size_t count, T* w, const T* g, T* square, T* velocity, T* mean,
                         const rmsprop_rates& rates) {
  using V = simd::vec<T>;
  const auto number = [](double value) { return V(static_cast<T>(value)); };
  const V rate = number(rates.lr), inertia = number(rates.momentum), eps = number(rates.eps);
  const V alpha = number(rates.alpha), rest = number(1 - rates.alpha);
  const V decay = number(rates.weight_decay);
  const bool decays = rates.weight_decay != 0, moves = rates.momentum != 0;
  const bool centered = rates.centered;
  simd::for_each_vector<T>(count, [=](std::size_t i, std::size_t part) {
    const V weight = simd::load_first(w + i, part);
    V gradient = simd::load_first(g + i, part);
    if (decays) gradient = gradient + decay * weight;
    V variance = alpha * simd::load_first(square + i, part) + rest * gradient * gradient;
    simd::store_first(square + i, variance, part);
    if (centered) {
      const V average = alpha * simd::load_first(mean + i, part) + rest * gradient;
      simd::store_first(mean + i, average, part);
      variance = variance - average * average;
    }
    const V deviation = sqrt(variance) + eps;
    if (moves) {
      const V speed = inertia * simd::load_first(velocity + i, part) + gradient / deviation;
      simd::store_first(velocity + i, speed, part);
      simd::store_first(w + i, weight - rate * speed, part);
    } else {
      simd::store_first(w + i, weight - rate * gradient / deviation, part);
    }
  });
}

/// lion_rates are the hyper-parameters of lion_step.
struct lion_rates {
  double lr, beta1, beta2, weight_decay;
};

/// lion_step is one step of Lion over `count` parameters w with gradients g: by the sign alone of what is
/// between gradient and m, their moving average, which is zero before the first step.
template <class T>
inline void lion_step(std::size_t count, T* w, const T* g, T* m, const lion_rates& rates) {
  using V = simd::vec<T>;
  const auto number = [](double value) { return V(static_cast<T>(value)); };
  const V beta1 = number(rates.beta1), rest1 = number(1 - rates.beta1);
  const V beta2 = number(rates.beta2), rest2 = number(1 - rates.beta2);
  const V kept = number(1 - rates.lr * rates.weight_decay);
  const V up = number(rates.lr), down = number(-rates.lr), zero = number(0);
  simd::for_each_vector<T>(count, [=](std::size_t i, std::size_t part) {
    const V gradient = simd::load_first(g + i, part), mean = simd::load_first(m + i, part);
    const V between = beta1 * mean + rest1 * gradient;
    const V step = select(between > zero, up, select(between < zero, down, zero));
    simd::store_first(w + i, simd::load_first(w + i, part) * kept - step, part);
    simd::store_first(m + i, beta2 * mean + rest2 * gradient, part);
  });
}

/// average_step is average = decay * average + (1 - decay) * w, over `count` parameters.
template <class T>
inline void average_step(std::size_t count, const T* w, T* average, double decay) {
  using V = simd::vec<T>;
  const V kept(static_cast<T>(decay)), rest(static_cast<T>(1 - decay));
  simd::for_each_vector<T>(count, [=](std::size_t i, std::size_t part) {
    simd::store_first(
        average + i,
        kept * simd::load_first(average + i, part) + rest * simd::load_first(w + i, part), part);
  });
}

/// sum_of_squares is the sum of x[i]^2, i < count, in double: eight sums of every eighth, added up by
/// halves, so that the bits are the same on every instruction set.
template <class T>
inline double sum_of_squares(std::size_t count, const T* x) {
  constexpr std::size_t parts = 8;
  std::array<double, parts> sum{};
  const auto add = [&](const T* at, std::size_t part) {
    sum[part] += static_cast<double>(at[part]) * static_cast<double>(at[part]);
  };
  std::size_t i = 0;
  for (; i + parts <= count; i += parts) simd::unroll<parts>([&](auto part) { add(x + i, part); });
  for (std::size_t part = 0; i + part < count; ++part) add(x + i, part);
  for (std::size_t half = parts / 2; half > 0; half /= 2)
    for (std::size_t part = 0; part < half; ++part) sum[part] += sum[part + half];
  return sum[0];
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
