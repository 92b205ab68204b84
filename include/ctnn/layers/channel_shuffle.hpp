#pragma once

#include <cstddef>

#include <ctnn/core/layer.hpp>
#include <ctnn/kernels/names.hpp>

namespace ctnn {

/// ChannelShuffle lets channels change places, so that the next convolution in groups sees something of
/// each group of the one before: channel g C/Groups + i becomes channel i Groups + g. torch.nn.ChannelShuffle
template <int Groups>
struct ChannelShuffle {
private:
  // Of what check() refuses the rest is still compiled, and must not divide by 0.
  static constexpr std::size_t groups = Groups < 1 ? 1 : static_cast<std::size_t>(Groups);

public:
  static constexpr StringView kind = "ChannelShuffle";
  static constexpr Reads backward_reads = Reads::nothing;

  static constexpr Sentence describe() { return Sentence("ChannelShuffle<") << Groups << '>'; }
  static constexpr Sentence check(Shape in) {
    Sentence error;
    if (Groups < 1) return error << "groups must be at least 1, got " << Groups;
    if (in.channels() % groups != 0)
      error << "the " << in.channels() << " input channels are no multiple of " << groups
            << " groups";
    return error;
  }
  static constexpr Shape output_shape(Shape in) { return in; }

  /// op is the kernel that runs the layer: of each pixel, a group is a row of a matrix that is transposed.
  template <class At>
  using op =
      kernels::channels_first<typename At::value_type, At::input_shape.channels() / groups, groups>;

  template <class Context>
  static void forward(const Context& c) {
    op<Context>::from_channels_last(pixels(c), c.x.data, c.y.data);
  }
  template <class Context>
  static void backward(const Context& c) {
    op<Context>::to_channels_last(pixels(c), c.dy.data, c.dx.data);
  }

private:
  template <class Context>
  static std::size_t pixels(const Context& c) {
    return c.samples * Context::input_shape.height() * Context::input_shape.width();
  }
};

} // namespace ctnn
