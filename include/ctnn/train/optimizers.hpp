#pragma once
/// @file
/// Optimizers: hyper-parameters, and one step over a stretch of the parameter block. PyTorch's
/// names, defaults and formulas (the formulas are in kernels/optimizer_step.hpp).

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>

#include <ctnn/core/graph.hpp>
#include <ctnn/core/instruction_set.hpp>
#include <ctnn/core/text.hpp>
#include <ctnn/kernels/optimizer_step.hpp>

namespace ctnn {
namespace detail {

/// ByParameter is whether O takes one parameter at a time.
template <class O>
concept ByParameter = requires {
  requires bool(O::by_parameter);
};
/// ByWholeParameter is whether O takes each as a whole, and scratch for it.
template <class O, class T>
concept ByWholeParameter = ByParameter<O> && requires(const ParameterNode& parameter) {
  { O::template scratch_size<T>(parameter) } -> std::same_as<std::size_t>;
};

/// Updates is whether O has the `update` that goes with what it says.
template <class O, class T>
concept Updates = requires(const O& optimizer, std::uint64_t step, std::size_t count, T* w,
                           const T* g, const std::array<T*, O::state_names.size()>& state,
                           const ParameterNode& parameter) {
  requires(ByParameter<O> || requires { optimizer.update(step, count, w, g, state); });
  requires(!ByParameter<O> || ByWholeParameter<O, T> ||
           requires { optimizer.update(step, count, w, g, state, parameter); });
  requires(!ByWholeParameter<O, T> ||
           requires { optimizer.update(step, count, w, g, state, parameter, w); });
};

/// state_name is what the block number `block` of O::state_names is called, which `optimizer` may say;
/// empty if it does not use it.
template <class O>
constexpr StringView state_name(const O& optimizer, std::size_t block) {
  if constexpr (requires { optimizer.state_name(block); })
    return optimizer.state_name(block);
  else
    return O::state_names[block];
}

} // namespace detail

inline namespace CTNN_INSTRUCTION_SET {

/// An Optimizer is what moves the parameters. It says
///
///     static constexpr std::array<StringView, …> state_names;     as PyTorch's state_dict has them
///     double lr;                                                  the learning rate
///     template <class T>
///     void update(std::uint64_t step, std::size_t count, T* w, const T* g,
///                 const std::array<T*, state_names.size()>& state) const;
///
/// where `state` is the blocks that it names, each as large as the parameters and zero at first, and
/// `update` makes step number `step`, from 1, of `count` parameters w with gradients g. It is called
/// from several threads at once, for different stretches of the parameters. What looks at all gradients
/// at once, such as clipping, may be said as well:
///
///     void before_update(const auto& weights, const auto& gradients);   may be const
///
/// It is called before the updates of a step with two std::array of a std::span for each parameter, in
/// the order of Net::graph.parameters and each in PyTorch's order: the weights as they are, and the
/// gradients, which it may change. The gradient of what is not trained is empty.
///
/// One that tells parameters apart says that a stretch is to be of one parameter, and `update` takes a
/// detail::ParameterNode, its name and shape, behind `state`. One that works on whole parameters says the
/// elements of the scratch that it wants for each, and takes a T* behind that. Either may say what is
/// wrong with a network, or nothing:
///
///     static constexpr bool by_parameter = true;
///     template <class T> static constexpr std::size_t scratch_size(const detail::ParameterNode&);
///     template <class Net> static constexpr Sentence check();
///
/// One whose members decide which of its blocks it uses, and what they are called, says that too. It is
/// asked when the Trainer is made: there is no memory of a block whose name is empty, and its pointer is
/// null:
///
///     StringView state_name(std::size_t block) const;
///
/// One that is made of another, and derives from it, names it `decorated`, so that the same is asked of
/// that one.
template <class O, class T = float>
concept Optimizer = requires(const O& optimizer) {
  { optimizer.lr } -> std::convertible_to<double>;
  {StringView(*O::state_names.data())};
}
&&detail::Updates<O, T>;

/// SGD is stochastic gradient descent. torch.optim.SGD
struct SGD {
  double lr = 1e-3;        ///< the learning rate
  double momentum = 0;     ///< how much of the last step's direction is kept
  double weight_decay = 0; ///< how much of a parameter is added to its gradient
  bool nesterov = false;   ///< whether momentum is Nesterov's

  static constexpr std::array<StringView, 1> state_names{"momentum_buffer"};

  template <class T>
  void update(std::uint64_t, std::size_t count, T* w, const T* g,
              const std::array<T*, 1>& state) const {
    kernels::sgd_step(count, w, g, state[0], {lr, momentum, weight_decay, nesterov});
  }
};

/// Adam is adaptive moments; weight decay is part of the gradient. torch.optim.Adam
struct Adam {
  double lr = 1e-3;        ///< the learning rate
  double beta1 = 0.9;      ///< how much of the mean gradient is kept
  double beta2 = 0.999;    ///< how much of the mean squared gradient is kept
  double eps = 1e-8;       ///< what is added to the root of the mean square
  double weight_decay = 0; ///< how much of a parameter is added to its gradient

  static constexpr std::array<StringView, 2> state_names{"exp_avg", "exp_avg_sq"};

  template <class T>
  void update(std::uint64_t step, std::size_t count, T* w, const T* g,
              const std::array<T*, 2>& state) const {
    kernels::adam_step(count, w, g, state[0], state[1], step,
                       {lr, beta1, beta2, eps, weight_decay, /*decoupled=*/false});
  }
};

/// AdamW is Adam whose weight decay is apart from the gradient. torch.optim.AdamW
struct AdamW {
  double lr = 1e-3;           ///< the learning rate
  double beta1 = 0.9;         ///< how much of the mean gradient is kept
  double beta2 = 0.999;       ///< how much of the mean squared gradient is kept
  double eps = 1e-8;          ///< what is added to the root of the mean square
  double weight_decay = 1e-2; ///< how much of a parameter, times lr, is taken off it

  static constexpr std::array<StringView, 2> state_names{"exp_avg", "exp_avg_sq"};

  template <class T>
  void update(std::uint64_t step, std::size_t count, T* w, const T* g,
              const std::array<T*, 2>& state) const {
    kernels::adam_step(count, w, g, state[0], state[1], step,
                       {lr, beta1, beta2, eps, weight_decay, /*decoupled=*/true});
  }
};

/// NAdam is Adam with Nesterov's momentum, which grows from step to step. torch.optim.NAdam
struct NAdam {
  double lr = 2e-3;             ///< the learning rate
  double beta1 = 0.9;           ///< how much of the mean gradient is kept
  double beta2 = 0.999;         ///< how much of the mean squared gradient is kept
  double eps = 1e-8;            ///< what is added to the root of the mean square
  double weight_decay = 0;      ///< how much of a parameter is added to its gradient
  double momentum_decay = 4e-3; ///< d, where step t has momentum beta1 (1 - 0.96^(t d) / 2)
  /// whether a parameter is shrunk by lr times weight_decay instead, as by AdamW
  bool decoupled_weight_decay = false;

  static constexpr std::array<StringView, 2> state_names{"exp_avg", "exp_avg_sq"};

  template <class T>
  void update(std::uint64_t step, std::size_t count, T* w, const T* g,
              const std::array<T*, 2>& state) const {
    kernels::nadam_step(count, w, g, state[0], state[1], step,
                        {lr, beta1, beta2, eps, weight_decay, decoupled_weight_decay},
                        momentum_decay);
  }
};

/// RMSprop divides each gradient by the root of its mean square. torch.optim.RMSprop
struct RMSprop {
  double lr = 1e-2;        ///< the learning rate
  double alpha = 0.99;     ///< how much of the mean squared gradient is kept
  double eps = 1e-8;       ///< what is added to the root of the mean square
  double weight_decay = 0; ///< how much of a parameter is added to its gradient
  double momentum = 0;     ///< how much of the last step's direction is kept
  bool centered = false;   ///< whether the mean square is about the mean gradient: a variance

  static constexpr std::array<StringView, 3> state_names{"square_avg", "momentum_buffer",
                                                         "grad_avg"};

  template <class T>
  void update(std::uint64_t, std::size_t count, T* w, const T* g,
              const std::array<T*, 3>& state) const {
    kernels::rmsprop_step(count, w, g, state[0], state[1], state[2],
                          {lr, alpha, eps, weight_decay, momentum, centered});
  }
};

/// Lion moves every parameter by lr, up or down: the sign of momentum decides. Chen et al., Symbolic
/// Discovery of Optimization Algorithms, arXiv 2302.06675, which finds it best with a tenth of AdamW's lr
/// and ten times its weight_decay.
struct Lion {
  double lr = 1e-4;        ///< the learning rate
  double beta1 = 0.9;      ///< how much of the mean gradient is in what the sign is taken of
  double beta2 = 0.99;     ///< how much of the mean gradient is kept
  double weight_decay = 0; ///< how much of a parameter, times lr, is taken off it

  static constexpr std::array<StringView, 1> state_names{"exp_avg"};

  template <class T>
  void update(std::uint64_t, std::size_t count, T* w, const T* g,
              const std::array<T*, 1>& state) const {
    kernels::lion_step(count, w, g, state[0], {lr, beta1, beta2, weight_decay});
  }
};

} // namespace CTNN_INSTRUCTION_SET
} // namespace ctnn
