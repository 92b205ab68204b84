#pragma once
// Optimizers: hyper-parameters, and one step over a stretch of the parameter block. PyTorch's
// names, defaults and formulas (the formulas are in kernels/optimizer_step.hpp).

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>

#include <ctnn/core/text.hpp>
#include <ctnn/kernels/optimizer_step.hpp>

namespace ctnn {

/// What moves the parameters. An optimizer names the blocks of state that it wants, each as large as the
/// parameters and zero at first, and makes its `step`-th step (from 1) over `count` parameters w with
/// gradients g:
///
///     static constexpr std::array<StringView, …> state_names;     as PyTorch's state_dict has them
///     double lr;
///     template <class T>
///     void update(std::uint64_t step, std::size_t count, T* w, const T* g,
///                 const std::array<T*, state_names.size()>& state) const;
template <class O, class T = float>
concept Optimizer = requires(const O& optimizer, std::uint64_t step, std::size_t count, T* w,
                             const T* g, const std::array<T*, O::state_names.size()>& state) {
  { optimizer.lr } -> std::convertible_to<double>;
  {StringView(*O::state_names.data())};
  optimizer.update(step, count, w, g, state);
};

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
    kernels::sgd_step(count, w, g, state[0], {lr, momentum, weight_decay, nesterov});
  }
};

/// Adaptive moments; weight decay is part of the gradient. torch.optim.Adam
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
    kernels::adam_step(count, w, g, state[0], state[1], step,
                       {lr, beta1, beta2, eps, weight_decay, /*decoupled=*/false});
  }
};

/// Adam whose weight decay is apart from the gradient. torch.optim.AdamW
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
    kernels::adam_step(count, w, g, state[0], state[1], step,
                       {lr, beta1, beta2, eps, weight_decay, /*decoupled=*/true});
  }
};

} // namespace ctnn
