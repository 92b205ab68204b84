#pragma once
// Optimizers: hyper-parameters, and one step over a stretch of the parameter block. PyTorch's
// names, defaults and formulas (the formulas are in kernels/optimizer_step.hpp).

#include <array>
#include <cstddef>
#include <cstdint>

#include <ctnn/core/text.hpp>
#include <ctnn/kernels/optimizer_step.hpp>

namespace ctnn {

/// An optimizer names the blocks of state, each as large as the parameters and zero at first, that
/// it wants, and makes its `step`-th step (from 1) over `count` parameters w with gradients g.
///
///     static constexpr std::array<StringView, …> state_names;     as PyTorch's state_dict has them
///     double lr;
///     template <class T>
///     void update(std::uint64_t step, std::size_t count, T* w, const T* g,
///                 const std::array<T*, state_names.size()>& state) const;

/// Stochastic gradient descent. torch.optim.SGD
struct SGD {
  double lr = 1e-3;
  double momentum = 0;
  double weight_decay = 0;
  bool nesterov = false;

  static constexpr std::array<StringView, 1> state_names{"momentum_buffer"};

  template <class T>
  void update(std::uint64_t, std::size_t count, T* w, const T* g,
              const std::array<T*, 1>& state) const {
    kernels::sgd_step(count, w, g, state[0], lr, momentum, weight_decay, nesterov);
  }
};

/// torch.optim.Adam: weight decay is part of the gradient.
struct Adam {
  double lr = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double eps = 1e-8;
  double weight_decay = 0;

  static constexpr std::array<StringView, 2> state_names{"exp_avg", "exp_avg_sq"};

  template <class T>
  void update(std::uint64_t step, std::size_t count, T* w, const T* g,
              const std::array<T*, 2>& state) const {
    kernels::adam_step(count, w, g, state[0], state[1], step, lr, beta1, beta2, eps, weight_decay);
  }
};

/// torch.optim.AdamW: weight decay is apart from the gradient.
struct AdamW {
  double lr = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double eps = 1e-8;
  double weight_decay = 1e-2;

  static constexpr std::array<StringView, 2> state_names{"exp_avg", "exp_avg_sq"};

  template <class T>
  void update(std::uint64_t step, std::size_t count, T* w, const T* g,
              const std::array<T*, 2>& state) const {
    kernels::adamw_step(count, w, g, state[0], state[1], step, lr, beta1, beta2, eps, weight_decay);
  }
};

} // namespace ctnn
