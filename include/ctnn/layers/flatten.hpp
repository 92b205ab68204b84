#pragma once

#include <ctnn/core/layer.hpp>
#include <ctnn/kernels/names.hpp>

namespace ctnn {

/// Flatten makes {C, H, W} a vector {C * H * W}, channel by channel as PyTorch does. torch.nn.Flatten
///
/// Activations are channels-last inside, so it reorders them: it is where the weight of a Linear meets
/// PyTorch's order of features.
struct Flatten {
  static constexpr StringView kind = "Flatten";
  static constexpr Reads backward_reads = Reads::nothing;
  static constexpr Shape output_shape(Shape in) { return {in.size()}; }

  /// op is the kernel that runs the layer.
  template <class At>
  using op = kernels::channels_first<typename At::value_type, At::input_shape.channels(),
                                     At::input_shape.height() * At::input_shape.width()>;

  template <class Context>
  static void forward(const Context& c) {
    op<Context>::from_channels_last(c.samples, c.x.data, c.y.data);
  }
  template <class Context>
  static void backward(const Context& c) {
    op<Context>::to_channels_last(c.samples, c.dy.data, c.dx.data);
  }
};

} // namespace ctnn
