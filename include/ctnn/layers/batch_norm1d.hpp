#pragma once

#include <ctnn/layers/batch_norm.hpp>

namespace ctnn {

/// BatchNorm1d is y = (x - mean) / sqrt(var + eps) * weight + bias for each channel of {C} or {C, T}. Ioffe and
/// Szegedy, Batch Normalization, 2015. torch.nn.BatchNorm1d
///
/// The `Options` are eps(1e-5), momentum(0.1) and affine(false) for no weight and bias. The parameters are
/// `weight` {C} and `bias` {C}, the buffers `running_mean` {C} and `running_var` {C}.
///
/// Training normalises by the mean and the (biased) variance of the whole batch, and moves the running
/// statistics by `momentum` of the way to them, the variance unbiased. Prediction uses the running
/// statistics, and so does training inside of Frozen, where they stay as they are.
///
/// In prediction, behind a convolution or linear layer, it costs nothing: it is folded into their weights,
/// unless With says `fold(false)`.
template <auto... Options>
struct BatchNorm1d : detail::BatchNorm<Options...> {
  static constexpr StringView kind = "BatchNorm1d";

  static constexpr Sentence describe() { return BatchNorm1d::describe_as(kind); }
  static constexpr Sentence check(Shape in) {
    Sentence error = BatchNorm1d::check_options(kind);
    if (error.empty() && in.rank > 2)
      error << "expects a vector or a sequence {C, T}, got " << in
            << " (BatchNorm2d is for images)";
    return error;
  }
};

} // namespace ctnn
