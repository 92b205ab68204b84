#pragma once

#include <cstddef>

#include <ctnn/core/layer.hpp>
#include <ctnn/kernels/names.hpp>

namespace ctnn {

/// ZeroPad2d puts zeros around an image: {C, H, W} becomes {C, Top + H + Bottom, Left + W + Right}. The
/// `Sides` are `ZeroPad2d<Left, Right, Top, Bottom>`, in PyTorch's order, or one number for all of them.
/// torch.nn.ZeroPad2d
template <int... Sides>
struct ZeroPad2d {
private:
  static constexpr int given[sizeof...(Sides) + 1]{Sides...};
  /// side is one of left, right, top, bottom.
  static constexpr std::size_t side(std::size_t which) {
    return static_cast<std::size_t>(given[sizeof...(Sides) == 1 ? 0 : which]);
  }

public:
  static constexpr StringView kind = "ZeroPad2d";
  static constexpr Reads backward_reads = Reads::nothing;

  static constexpr Sentence describe() {
    Sentence text = "ZeroPad2d<";
    std::size_t count = 0;
    ((text << (count++ == 0 ? "" : ", ") << Sides), ...);
    return text << '>';
  }
  static constexpr Sentence check(Shape in) {
    if (sizeof...(Sides) != 1 && sizeof...(Sides) != 4)
      return "padding is one number, or four: left, right, top, bottom";
    for (const int one : given)
      if (one < 0) return Sentence("padding must not be negative, got ") << one;
    if (in.rank != 3) return Sentence("expects an image (channels, height, width), got ") << in;
    return {};
  }
  static constexpr Shape output_shape(Shape in) {
    const kernels::Pad2dGeometry g = geometry(in);
    return {in.channels(), g.out_height(), g.out_width()};
  }

  /// geometry is all that a kernel knows of the padding of an input of shape `in`.
  static constexpr kernels::Pad2dGeometry geometry(Shape in) {
    return {in.channels(), in.height(), in.width(), side(0), side(1), side(2), side(3)};
  }

  /// op is the kernel that runs the layer.
  template <class At>
  using op = kernels::zero_pad2d<typename At::value_type, geometry(At::input_shape)>;

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
