#pragma once
/// @file
/// The weights' moving average, which often generalises better than the weights.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <ctnn/core/diagnose.hpp>
#include <ctnn/core/instruction_set.hpp>
#include <ctnn/core/layer.hpp>
#include <ctnn/core/text.hpp>
#include <ctnn/kernels/optimizer_step.hpp>
#include <ctnn/network/network.hpp>
#include <ctnn/train/optimizers.hpp>

namespace ctnn {
namespace detail {

/// blocks_of is how many blocks of state O has; none of what is no optimizer.
template <class O>
inline constexpr std::size_t blocks_of = 0;
template <class O>
  requires requires { O::state_names.size(); }
inline constexpr std::size_t blocks_of<O> = O::state_names.size();

/// average_name is what the block is called that an average of the weights is in.
inline constexpr StringView average_name = "average";

/// average_block is which of O's blocks that is; their number if there is none.
template <class O>
inline constexpr std::size_t average_block = [] {
  std::size_t block = 0;
  if constexpr (blocks_of<O> != 0)
    while (block < O::state_names.size() && O::state_names[block] != average_name) ++block;
  return block;
}();

/// no_average is the error that an optimizer has no average to take; nothing of what is no optimizer,
/// which the Trainer tells.
template <class O>
inline constexpr Sentence no_average = [] {
  Sentence error;
  if (blocks_of<O> != 0 && average_block<O> == blocks_of<O>)
    error << type_name<O>() << " keeps no average of the weights: EMA{" << type_name<O>()
          << "{...}} does";
  return error;
}();

} // namespace detail

inline namespace CTNN_INSTRUCTION_SET {

/// EMA is an optimizer O that keeps the exponential moving average of the weights besides: after the first
/// step the weights, after each later one decay · average + (1 − decay) · weights. `EMA{AdamW{}, 0.999}`;
/// averaged_network(trainer) is the network that has them. Its members are O's, and its own.
/// torch.optim.swa_utils.AveragedModel with get_ema_avg_fn
template <class O>
struct EMA : O {
  using decorated = O; ///< the optimizer that it is made of

  double decay = 0.999; ///< how much of the average a step keeps

  static constexpr auto state_names = [] {
    std::array<StringView, detail::blocks_of<O> + 1> names;
    if constexpr (detail::blocks_of<O> != 0)
      std::copy_n(O::state_names.begin(), O::state_names.size(), names.begin());
    names.back() = detail::average_name;
    return names;
  }();

  /// state_name is what a block is called: the average's is the last.
  constexpr StringView state_name(std::size_t block) const {
    return block + 1 < state_names.size() ? detail::state_name<O>(*this, block)
                                          : detail::average_name;
  }

  template <class T>
  void update(std::uint64_t step, std::size_t count, T* w, const T* g,
              const std::array<T*, detail::blocks_of<O> + 1>& state,
              const auto&... parameter) const {
    std::array<T*, detail::blocks_of<O>> own;
    std::copy_n(state.begin(), own.size(), own.begin());
    O::update(step, count, w, g, own, parameter...);
    if (step == 1)
      std::copy_n(w, count, state.back());
    else
      kernels::average_step(count, w, state.back(), decay);
  }
};

/// EMA has the type of its optimizer.
template <class O>
EMA(O, double) -> EMA<O>;
/// EMA has the type of its optimizer.
template <class O>
EMA(O) -> EMA<O>;

template <class Net, class Loss, class Optimizer, class T>
class Trainer;

/// averaged_network is a copy of the trainer's network whose weights are their average, which its
/// optimizer keeps if it has EMA in it. What is not trained, such as running statistics, is as it is in
/// the network now; before the first step all is. To evaluate it by the same trainer: `std::swap(net,
/// averaged)`, and back.
template <class Net, class Loss, class O, class T>
Network<Net, T> averaged_network(Trainer<Net, Loss, O, T>& trainer) {
  static_assert(detail::require_empty<detail::no_average<O>>());
  Network<Net, T> averaged = trainer.network().clone();
  if (trainer.steps() > 0)
    averaged.modify([&](const auto& tensors) {
      for (std::size_t p = 0; p < tensors.size(); ++p) {
        const std::span<const T> average = trainer.state(detail::average_block<O>, p);
        std::ranges::copy(average, tensors[p].begin());
      }
    });
  return averaged;
}

} // namespace CTNN_INSTRUCTION_SET
} // namespace ctnn
