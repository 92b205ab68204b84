#pragma once
/// @file
/// Gradients that are kept from being too large, before an optimizer sees them.

#include <algorithm>
#include <cmath>
#include <type_traits>

#include <ctnn/core/instruction_set.hpp>
#include <ctnn/kernels/optimizer_step.hpp>

namespace ctnn::inline CTNN_INSTRUCTION_SET {

/// ClipGradNorm is an optimizer O whose gradients are made smaller, all by one factor, where their norm as
/// one vector would be more than max_norm: `ClipGradNorm{SGD{.lr = 0.1}, 1.0}`. Its members are O's, and
/// its own. torch.nn.utils.clip_grad_norm_
template <class O>
struct ClipGradNorm : O {
  using decorated = O; ///< the optimizer that it is made of

  double max_norm;       ///< the largest norm
  double total_norm = 0; ///< the norm of the last step's gradients, before they were clipped

  void before_update(const auto& weights, const auto& gradients) {
    double square = 0;
    for (const auto& gradient : gradients)
      square += kernels::sum_of_squares(gradient.size(), gradient.data());
    total_norm = std::sqrt(square);
    const double factor = max_norm / (total_norm + 1e-6);
    if (!(factor >= 1)) // one that is no number makes the gradients so, as PyTorch's does
      for (const auto& gradient : gradients)
        for (auto& g : gradient) g *= static_cast<std::remove_reference_t<decltype(g)>>(factor);
    if constexpr (requires(O & optimizer) { optimizer.before_update(weights, gradients); })
      O::before_update(weights, gradients);
  }
};

/// ClipGradNorm has the type of its optimizer.
template <class O>
ClipGradNorm(O, double) -> ClipGradNorm<O>;

/// ClipGradValue is an optimizer O each of whose gradients is brought into [-clip_value, clip_value]. Its
/// members are O's, and its own. torch.nn.utils.clip_grad_value_
template <class O>
struct ClipGradValue : O {
  using decorated = O; ///< the optimizer that it is made of

  double clip_value; ///< the largest gradient

  void before_update(const auto& weights, const auto& gradients) {
    for (const auto& gradient : gradients)
      for (auto& g : gradient) {
        const auto most = static_cast<std::remove_reference_t<decltype(g)>>(clip_value);
        g = std::clamp(g, -most, most);
      }
    if constexpr (requires(O & optimizer) { optimizer.before_update(weights, gradients); })
      O::before_update(weights, gradients);
  }
};

/// ClipGradValue has the type of its optimizer.
template <class O>
ClipGradValue(O, double) -> ClipGradValue<O>;

} // namespace ctnn::inline CTNN_INSTRUCTION_SET
