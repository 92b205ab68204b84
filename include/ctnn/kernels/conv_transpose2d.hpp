#pragma once
/// @file
/// The transposed convolution: the adjoint of a convolution is its backward pass, so each pass of the one
/// is a pass of the other.

#include <algorithm>
#include <cstddef>
#include <span>

#include <ctnn/core/instruction_set.hpp>
#include <ctnn/kernels/chunk.hpp>
#include <ctnn/kernels/conv2d.hpp>
#include <ctnn/kernels/elementwise.hpp>
#include <ctnn/kernels/names.hpp>
#include <ctnn/kernels/simd.hpp>

namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET {

/// conv_transpose2d is y = Epilogue(adjoint of the convolution G of x + bias), and its derivatives: x has
/// the shape of G's outputs, and y that of its inputs. Weight is PyTorch's, [in][out / groups][kernel
/// height][kernel width], which is G's; outputs are not pooled. `derived` and `derived_gradient` are G's
/// by algorithm A, and behind them the bias.
template <class T, Conv2dGeometry G, ConvolutionAlgorithm A, class Epilogue>
class conv_transpose2d {
  static_assert(Epilogue::pool == 1);

  using convolution = conv2d<T, G, A, epilogue<1, identity>>;
  using function = typename Epilogue::function;
  static constexpr std::size_t channels = G.in_channels; // of y
  static constexpr std::size_t pixels = G.in_height * G.in_width;

public:
  static constexpr ConvolutionAlgorithm algorithm = A;
  static constexpr std::size_t products = convolution::products;
  static constexpr std::size_t derived_gradient_size =
      convolution::derived_gradient_size + channels;
  static constexpr std::size_t derived_size = convolution::derived_size + channels;
  /// scratch_size is the convolution's, and the gradients of an image's outputs if they are not y.
  static constexpr std::size_t scratch_size =
      convolution::scratch_size + (Epilogue::identity_only ? 0 : G.input_size());
  static constexpr std::size_t derive_tasks = convolution::derive_tasks;

  /// derive packs the parameters, {weight, bias} or {weight}.
  static void derive(std::size_t task, std::span<const T* const> parameters, T* derived) {
    convolution::derive(task, parameters.first(1), derived);
    if (task != 0) return;
    T* const bias = derived + convolution::derived_size;
    if (parameters.size() > 1)
      std::copy_n(parameters[1], channels, bias);
    else
      std::fill_n(bias, channels, T(0));
  }

  /// derive_adjoint assigns the gradients by the parameters.
  static void derive_adjoint(std::size_t task, const T* derived_gradient,
                             std::span<T* const> gradients) {
    convolution::derive_adjoint(task, derived_gradient, gradients.first(1));
    if (task == 0 && gradients.size() > 1)
      std::copy_n(derived_gradient + convolution::derived_gradient_size, channels, gradients[1]);
  }

  /// forward assigns y.
  static void forward(const forward_chunk<T>& chunk) {
    convolution::template backward<true, false>({.n = chunk.n,
                                                 .x = chunk.y, // neither is read
                                                 .y = chunk.x,
                                                 .tape = nullptr,
                                                 .derived = chunk.derived,
                                                 .dy = chunk.x,
                                                 .dx = chunk.y,
                                                 .derived_gradient = nullptr,
                                                 .scratch = chunk.scratch});
    const T* const bias = chunk.derived + convolution::derived_size;
    for (std::size_t pixel = 0; pixel < chunk.n * pixels; ++pixel)
      simd::for_each_vector<T>(channels, [&](std::size_t c, std::size_t part) {
        T* const at = chunk.y + pixel * channels + c;
        simd::store_first(
            at, function::f(simd::load_first(at, part) + simd::load_first(bias + c, part)), part);
      });
  }

  /// backward adds to derived_gradient if ParameterGradient, and assigns dx if InputGradient.
  template <bool InputGradient, bool ParameterGradient = true>
  static void backward(const backward_chunk<T>& chunk) {
    if constexpr (Epilogue::identity_only) {
      backward_images<InputGradient, ParameterGradient>(chunk, chunk.n, chunk.x, chunk.dy,
                                                        chunk.dx);
    } else {
      T* const seed = chunk.scratch + convolution::scratch_size;
      for (std::size_t image = 0; image < chunk.n; ++image) {
        const std::size_t at = image * G.input_size(), of_x = image * G.output_size();
        elementwise<T, function>::backward(G.input_size(), chunk.y + at, chunk.dy + at, seed);
        backward_images<InputGradient, ParameterGradient>(
            chunk, 1, chunk.x + of_x, seed, InputGradient ? chunk.dx + of_x : nullptr);
      }
    }
  }

private:
  template <bool InputGradient, bool ParameterGradient>
  static void backward_images(const backward_chunk<T>& chunk, std::size_t n, const T* x,
                              const T* seed, T* dx) {
    if constexpr (ParameterGradient) {
      convolution::template backward<false, true>({.n = n,
                                                   .x = seed,
                                                   .y = x, // not read
                                                   .tape = nullptr,
                                                   .derived = chunk.derived,
                                                   .dy = x,
                                                   .dx = nullptr,
                                                   .derived_gradient = chunk.derived_gradient,
                                                   .scratch = chunk.scratch});
      T* const dbias = chunk.derived_gradient + convolution::derived_gradient_size;
      simd::for_each_vector<T>(channels, [&](std::size_t c, std::size_t part) {
        simd::vec<T> sum(0);
        for (std::size_t pixel = 0; pixel < n * pixels; ++pixel)
          sum = sum + simd::load_first(seed + pixel * channels + c, part);
        simd::store_first(dbias + c, simd::load_first(dbias + c, part) + sum, part);
      });
    }
    if constexpr (InputGradient)
      convolution::forward({.n = n,
                            .x = seed,
                            .y = dx,
                            .tape = nullptr,
                            .derived = chunk.derived,
                            .scratch = chunk.scratch});
  }
};

} // namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET
