#pragma once

#include <ctnn/core/layer.hpp>
#include <ctnn/kernels/names.hpp>

namespace ctnn {

/// Dropout zeroes, in training, each element with this `Probability`, from 0 to below 1, and scales the
/// others by 1 / (1 - Probability); otherwise it passes x on. torch.nn.Dropout
///
/// The mask is a function of (seed, step, sample, layer, element): the same for any number of threads,
/// and drawn again in backward instead of being kept.
template <double Probability = 0.5>
struct Dropout {
  static constexpr StringView kind = "Dropout";
  static constexpr Reads backward_reads = Reads::nothing;
  static constexpr bool in_place = true;

  static constexpr Sentence describe() { return Sentence("Dropout<") << Probability << '>'; }
  static constexpr Sentence check(Shape) {
    return Probability >= 0 && Probability < 1 ? Sentence{}
                                               : Sentence("probability must be in [0, 1)");
  }
  static constexpr Shape output_shape(Shape in) { return in; }

  template <class Context>
  static void forward(const Context& c) {
    if (c.training)
      kernels::dropout<typename Context::value_type>::forward(
          c.samples, Context::input_shape.size(), Probability, c.random_key, c.first_sample,
          c.x.data, c.y.data);
    else
      for (std::size_t i = 0; i < c.y.size(); ++i) c.y.data[i] = c.x.data[i];
  }
  template <class Context>
  static void backward(const Context& c) {
    if (c.training)
      kernels::dropout<typename Context::value_type>::backward(
          c.samples, Context::input_shape.size(), Probability, c.random_key, c.first_sample,
          c.dy.data, c.dx.data);
    else // Frozen
      for (std::size_t i = 0; i < c.dy.size(); ++i) c.dx.data[i] = c.dy.data[i];
  }
};

} // namespace ctnn
