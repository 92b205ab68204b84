#pragma once

#include <cstddef>

#include <ctnn/core/layer.hpp>
#include <ctnn/kernels/names.hpp>

namespace ctnn {
namespace detail {

/// Dropping is the base of Dropout and Dropout2d: it drops elements, or `WholeChannels`.
template <double Probability, bool WholeChannels>
struct Dropping {
  static constexpr Reads backward_reads = Reads::nothing;
  static constexpr bool in_place = true;

  static constexpr Shape output_shape(Shape in) { return in; }

  template <class Context>
  static void forward(const Context& c) {
    if (c.training)
      op<Context>::forward(c.samples, c.input_shape.size() / pixels<Context>, Probability,
                           c.random_key, c.first_sample, c.x.data, c.y.data);
    else
      for (std::size_t i = 0; i < c.y.size(); ++i) c.y.data[i] = c.x.data[i];
  }
  template <class Context>
  static void backward(const Context& c) {
    if (c.training)
      op<Context>::backward(c.samples, c.input_shape.size() / pixels<Context>, Probability,
                            c.random_key, c.first_sample, c.dy.data, c.dx.data);
    else // Frozen
      for (std::size_t i = 0; i < c.dy.size(); ++i) c.dx.data[i] = c.dy.data[i];
  }

protected:
  static constexpr Sentence check_probability() {
    return Probability >= 0 && Probability < 1 ? Sentence{}
                                               : Sentence("probability must be in [0, 1)");
  }
  static constexpr Sentence describe_as(StringView kind) {
    return Sentence(kind) << '<' << Probability << '>';
  }

private:
  template <class At>
  static constexpr std::size_t pixels = WholeChannels
                                            ? At::input_shape.size() / At::input_shape.channels()
                                            : 1;
  template <class At>
  using op = kernels::dropout<typename At::value_type, pixels<At>>;
};

} // namespace detail

/// Dropout zeroes, in training, each element with this `Probability`, from 0 to below 1, and scales the
/// others by 1 / (1 - Probability); otherwise it passes x on. torch.nn.Dropout
///
/// The mask is a function of (seed, step, sample, layer, element): the same for any number of threads,
/// and drawn again in backward instead of being kept.
template <double Probability = 0.5>
struct Dropout : detail::Dropping<Probability, false> {
  static constexpr StringView kind = "Dropout";

  static constexpr Sentence describe() { return Dropout::describe_as(kind); }
  static constexpr Sentence check(Shape) { return Dropout::check_probability(); }
};

} // namespace ctnn
