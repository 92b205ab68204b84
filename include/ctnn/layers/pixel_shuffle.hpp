#pragma once

#include <cstddef>

#include <ctnn/core/layer.hpp>
#include <ctnn/kernels/names.hpp>

namespace ctnn {

/// PixelShuffle makes pixels of channels: {C Factor Factor, H, W} becomes {C, H Factor, W Factor}. Pixel
/// (i, j) of each Factor x Factor is of channel c Factor Factor + i Factor + j. torch.nn.PixelShuffle
template <int Factor>
struct PixelShuffle {
private:
  // Of what check() refuses the rest is still compiled, and must not divide by 0.
  static constexpr std::size_t factor = Factor < 1 ? 1 : static_cast<std::size_t>(Factor);

public:
  static constexpr StringView kind = "PixelShuffle";
  static constexpr Reads backward_reads = Reads::nothing;

  static constexpr Sentence describe() { return Sentence("PixelShuffle<") << Factor << '>'; }
  static constexpr Sentence check(Shape in) {
    Sentence error;
    if (Factor < 1) return error << "upscale_factor must be at least 1, got " << Factor;
    if (in.rank != 3) return error << "expects an image (channels, height, width), got " << in;
    if (in.channels() % (factor * factor) != 0)
      error << "the " << in.channels() << " input channels are no multiple of " << factor * factor
            << ", the square of upscale_factor";
    return error;
  }
  static constexpr Shape output_shape(Shape in) {
    const kernels::PixelShuffleGeometry g = geometry(in);
    return {g.channels, g.out_height(), g.out_width()};
  }

  /// geometry is all that a kernel knows of an input of shape `in`.
  static constexpr kernels::PixelShuffleGeometry geometry(Shape in) {
    return {in.channels() / (factor * factor), in.height(), in.width(), factor};
  }

  /// op is the kernel that runs the layer.
  template <class At>
  using op = kernels::pixel_shuffle<typename At::value_type, geometry(At::input_shape)>;

  template <class Context>
  static void forward(const Context& c) {
    op<Context>::forward(c.samples, c.x.data, c.y.data);
  }
  template <class Context>
  static void backward(const Context& c) {
    op<Context>::backward(c.samples, c.dy.data, c.dx.data);
  }
};

} // namespace ctnn
