#pragma once
/// @file
/// Layers that run on a form which their kernel derives from weight and bias, and whose kernel can do
/// what follows them while its results are in registers.

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <ctnn/core/layer.hpp>
#include <ctnn/kernels/names.hpp>

namespace ctnn::detail {

/// Fusable is the base of layers that take what follows them along. Such a layer says no forward and
/// backward, but names its kernel:
///
///     template <class T, Shape In, class Epilogue, kernels::ConvolutionAlgorithm A>
///     using kernel = …;
///
/// One that runs by several algorithms also says
///
///     static constexpr kernels::ConvolutionAlgorithm algorithm(Shape in, kernels::ConvolutionAlgorithm
///                                                              of_network, std::size_t pool);
///     static constexpr bool can_pool(Shape in, kernels::ConvolutionAlgorithm of_network,
///                                    std::size_t pool);
///
/// where `algorithm` is what it runs by if its outputs are pooled in windows of pool x pool, and
/// `can_pool` is whether they can be.
struct Fusable {
  static constexpr Reads backward_reads = Reads::input;
  /// backward_makes_output is whether the kernel's backward makes y once more, and does not read it.
  static constexpr bool backward_makes_output = false;
  static constexpr std::size_t tape_size(Shape) { return 0; }
};

/// Fused is how a Fusable layer L runs: y = F(max over Pool x Pool windows of L(x)), Pool = 1 for none,
/// by algorithm A.
template <class L, std::size_t Pool, class F, kernels::ConvolutionAlgorithm A>
struct Fused {
  /// reads_output is whether backward reads y: not if F is none, if the kernel makes y once more, or if
  /// the tape tells of each window what passes.
  static constexpr bool reads_output = !std::is_same_v<F, kernels::identity> &&
                                       !L::backward_makes_output &&
                                       !(Pool > 1 && requires { requires F::is_gate; });
  static constexpr Reads backward_reads = reads_output ? Reads::input_and_output : Reads::input;

  static constexpr Shape output_shape(Shape in) {
    const Shape out = L::output_shape(in);
    return Pool == 1 ? out : Shape{out.channels(), out.height() / Pool, out.width() / Pool};
  }
  /// tape_size is a byte for each output, counted in elements, of which none has less than four: what
  /// backward is told of its window. Without windows it is L's.
  static constexpr std::size_t tape_size(Shape in) {
    return Pool == 1 ? L::tape_size(in) : (output_shape(in).size() + 3) / 4;
  }

  /// at is a struct, because g++ 12 crashes on an alias template here.
  template <class T, Shape In>
  struct at {
    using kernel = typename L::template kernel<T, In, kernels::epilogue<Pool, F>, A>;
  };

  template <class Context>
  static void forward(const Context& c) {
    using Kernel = typename at<typename Context::value_type, Context::input_shape>::kernel;
    Kernel::forward({.n = c.samples,
                     .x = c.x.data,
                     .y = c.y.data,
                     .tape = tape(c),
                     .derived = c.derived,
                     .scratch = c.scratch});
  }
  template <class Context>
  static void backward(const Context& c) {
    using Kernel = typename at<typename Context::value_type, Context::input_shape>::kernel;
    Kernel::template backward<Context::needs_dx, Context::trained>(
        {.n = c.samples,
         .x = c.x.data,
         .y = c.y.data,
         .tape = tape(c),
         .derived = c.derived,
         .dy = c.dy.data,
         .dx = c.dx.data,
         .derived_gradient = c.derived_gradient,
         .opens_shard = c.opens_shard,
         .scratch = c.scratch});
  }

private:
  /// tape is the bytes of all samples one behind the other; null without windows.
  template <class Context>
  static std::uint8_t* tape(const Context& c) {
    return Pool == 1 ? nullptr : reinterpret_cast<std::uint8_t*>(c.tape);
  }
};

} // namespace ctnn::detail
