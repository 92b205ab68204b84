#pragma once
/// @file
/// Muon: matrices by orthogonal steps, the rest by AdamW.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include <ctnn/core/graph.hpp>
#include <ctnn/core/instruction_set.hpp>
#include <ctnn/core/text.hpp>
#include <ctnn/kernels/newton_schulz.hpp>
#include <ctnn/kernels/optimizer_step.hpp>
#include <ctnn/train/parameter_groups.hpp>

namespace ctnn::inline CTNN_INSTRUCTION_SET {

/// Muon moves a matrix by its momentum made nearly orthogonal, lr in every direction (Keller Jordan,
/// kellerjordan.github.io/posts/muon), and by AdamW what is no matrix or what one of the selectors
/// `OfAdamW` selects, such as the last layer: `Muon<ByName<"fc.*">>{.lr = 0.02}`. A convolution is the
/// matrix {out, in * height * width}. A matrix is one thread's. torch.optim.Muon, which has matrices only
template <class... OfAdamW>
struct Muon {
  double lr = 1e-3;          ///< the learning rate
  double weight_decay = 0.1; ///< how much of a parameter, times lr, is taken off it
  double momentum = 0.95;    ///< how much of the mean gradient is kept
  bool nesterov = true;      ///< whether momentum is Nesterov's
  std::size_t ns_steps = 5;  ///< how often Newton and Schulz's iteration is made
  /// whether a matrix has 0.2 sqrt(max(rows, columns)) times lr, so that it may be AdamW's, instead of
  /// sqrt(max(1, rows / columns)) times; PyTorch's adjust_lr_fn
  bool match_rms_adamw = false;

  double adamw_lr_scale = 1; ///< what lr is multiplied by for AdamW
  double beta1 = 0.9;        ///< AdamW's
  double beta2 = 0.999;      ///< AdamW's
  double eps = 1e-8;         ///< AdamW's

  /// The first is AdamW's exp_avg for what is its.
  static constexpr std::array<StringView, 2> state_names{"momentum_buffer", "exp_avg_sq"};
  static constexpr bool by_parameter = true;

  template <class T>
  static constexpr std::size_t scratch_size(const detail::ParameterNode& parameter) {
    if (!is_matrix(parameter)) return 0;
    const std::size_t rows = parameter.shape[0];
    return kernels::muon_scratch_size<T>(rows, parameter.shape.size() / rows);
  }

  template <class Net>
  static constexpr Sentence check() {
    return detail::selector_error<Net, OfAdamW...>();
  }

  template <class T>
  void update(std::uint64_t step, std::size_t count, T* w, const T* g,
              const std::array<T*, 2>& state, const detail::ParameterNode& parameter,
              T* scratch) const {
    if (!is_matrix(parameter))
      return kernels::adam_step(count, w, g, state[0], state[1], step,
                                {lr * adamw_lr_scale, beta1, beta2, eps, weight_decay,
                                 /*decoupled=*/true});
    const std::size_t rows = parameter.shape[0], columns = count / rows;
    const double most = static_cast<double>(std::max(rows, columns));
    const double scale =
        match_rms_adamw ? 0.2 * std::sqrt(most) : std::sqrt(most / static_cast<double>(columns));
    kernels::muon_step(rows, columns, w, g, state[0], scratch,
                       {lr * scale, lr * weight_decay, momentum, nesterov, ns_steps});
  }

private:
  static constexpr bool is_matrix(const detail::ParameterNode& parameter) {
    return parameter.shape.rank >= 2 && !(OfAdamW::selects(parameter) || ...);
  }
};

} // namespace ctnn::inline CTNN_INSTRUCTION_SET
