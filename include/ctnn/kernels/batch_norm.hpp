#pragma once
/// @file
/// Batch normalisation by running statistics: one factor and one summand for each channel, by itself or
/// as part of the weights before it.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <type_traits>

#include <ctnn/core/instruction_set.hpp>
#include <ctnn/kernels/chunk.hpp>
#include <ctnn/kernels/epilogue.hpp>
#include <ctnn/kernels/simd.hpp>

namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET {

/// normalisation is what batch normalisation makes of channel c: factor(c) * x + summand(c). Its tensors
/// are {weight, bias, running_mean, running_var}, or the last two. Computed in double, rounded once.
template <class T, bool Affine>
struct normalisation {
  std::span<const T* const> tensors;
  double epsilon;

  double factor(std::size_t c) const {
    const double scale = 1 / std::sqrt(double{tensors[Affine ? 3 : 1][c]} + epsilon);
    return Affine ? scale * double{tensors[0][c]} : scale;
  }
  /// summand is for a map that has added `offset` already.
  double summand(std::size_t c, double offset = 0) const {
    const double moved = (offset - double{tensors[Affine ? 2 : 0][c]}) * factor(c);
    return Affine ? moved + double{tensors[1][c]} : moved;
  }
};

/// batch_norm is y = F(factor * x + summand) for samples [n][Pixels][Channels]; `derived` is the
/// factors, then the summands, each padded to whole vectors. x may be y, and dy may be dx.
template <class T, std::size_t Channels, std::size_t Pixels, bool Affine, double Epsilon,
          class Epilogue>
struct batch_norm {
  static_assert(Epilogue::pool == 1);
  static constexpr std::size_t padded =
      (Channels + simd::lanes<T> - 1) / simd::lanes<T> * simd::lanes<T>;

  static constexpr std::size_t derived_size = 2 * padded;
  static constexpr std::size_t derived_gradient_size = 0;
  static constexpr std::size_t scratch_size = 0;
  static constexpr std::size_t derive_tasks = 1;

  static void derive(std::size_t, std::span<const T* const> parameters, T* derived) {
    const normalisation<T, Affine> norm{parameters, Epsilon};
    for (std::size_t c = 0; c < Channels; ++c) {
      derived[c] = static_cast<T>(norm.factor(c));
      derived[padded + c] = static_cast<T>(norm.summand(c));
    }
  }

  static void forward(const forward_chunk<T>& chunk) {
    using F = typename Epilogue::function;
    each(chunk.n, [&](std::size_t i, std::size_t c, std::size_t part) {
      const auto x = simd::load_first(chunk.x + i, part);
      simd::store_first(
          chunk.y + i,
          F::f(simd::fma(x, simd::load(chunk.derived + c), simd::load(chunk.derived + padded + c))),
          part);
    });
  }

  /// backward assigns dx if InputGradient. The parameters have no gradients: training by running
  /// statistics leaves them as they are.
  template <bool InputGradient, bool ParameterGradient = false>
  static void backward(const backward_chunk<T>& chunk) {
    static_assert(!ParameterGradient);
    using F = typename Epilogue::function;
    if constexpr (InputGradient)
      each(chunk.n, [&](std::size_t i, std::size_t c, std::size_t part) {
        auto gradient = simd::load_first(chunk.dy + i, part);
        if constexpr (!std::is_same_v<F, identity>)
          gradient = elementwise<T, F>::chain(simd::load_first(chunk.y + i, part), gradient);
        simd::store_first(chunk.dx + i, gradient * simd::load(chunk.derived + c), part);
      });
  }

protected:
  /// each calls f(offset, channel, lanes).
  template <class F>
  static void each(std::size_t n, F&& f) {
    for (std::size_t pixel = 0; pixel < n * Pixels; ++pixel)
      simd::for_each_vector<T>(
          Channels, [&](std::size_t c, std::size_t part) { f(pixel * Channels + c, c, part); });
  }
};

/// folded is the kernel of a convolution or linear layer that does the batch normalisation behind it as
/// well: weight * factor and (bias - mean) * factor + shift, output channel by output channel, take the
/// place of its parameters. Its tensors are the layer's, {weight, bias} or {weight}, and the norm's.
///
/// `derived` is Kernel's, then those weights and biases.
template <class T, class Kernel, std::size_t WeightSize, std::size_t OutChannels, bool Bias,
          bool Affine, double Epsilon>
struct folded : Kernel {
  static constexpr std::size_t derived_size = Kernel::derived_size + WeightSize + OutChannels;
  static constexpr std::size_t derive_tasks =
      1; // the kernel's all read the weights that are made here

  static void derive(std::size_t, std::span<const T* const> parameters, T* derived) {
    const normalisation<T, Affine> norm = norm_of(parameters);
    T* const weight = derived + Kernel::derived_size;
    T* const bias = weight + WeightSize;
    for (std::size_t out = 0; out < OutChannels; ++out) {
      const double factor = norm.factor(out);
      for (std::size_t i = out * row; i < (out + 1) * row; ++i)
        weight[i] = static_cast<T>(double{parameters[0][i]} * factor);
      bias[out] = static_cast<T>(norm.summand(out, Bias ? double{parameters[1][out]} : 0));
    }
    const std::array<const T*, 2> own{weight, bias};
    for (std::size_t task = 0; task < Kernel::derive_tasks; ++task)
      Kernel::derive(task, own, derived);
  }

  /// derive_adjoint assigns the gradients by the layer's own parameters; the norm's have none.
  static void derive_adjoint(std::size_t, const T* derived_gradient, std::span<T* const> gradients,
                             std::span<const T* const> parameters) {
    for (std::size_t task = 0; task < Kernel::derive_tasks; ++task)
      Kernel::derive_adjoint(task, derived_gradient, gradients.first(Bias ? 2 : 1));
    const normalisation<T, Affine> norm = norm_of(parameters);
    for (std::size_t out = 0; out < OutChannels; ++out) {
      const T factor = static_cast<T>(norm.factor(out));
      for (std::size_t i = out * row; i < (out + 1) * row; ++i) gradients[0][i] *= factor;
      if constexpr (Bias) gradients[1][out] *= factor;
    }
  }

private:
  static constexpr std::size_t row = WeightSize / OutChannels;

  static normalisation<T, Affine> norm_of(std::span<const T* const> parameters) {
    return {parameters.subspan(Bias ? 2 : 1), Epsilon};
  }
};

} // namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET
