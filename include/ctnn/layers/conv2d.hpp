#pragma once

#include <ctnn/core/layer.hpp>
#include <ctnn/kernels/geometry.hpp>
#include <ctnn/layers/affine.hpp>
#include <ctnn/layers/sliding_window.hpp>

namespace ctnn {

/// Two-dimensional cross-correlation with bias; zeros are padded on all sides.
/// {C, H, W} -> {OutChannels, (H + 2P - K)/S + 1, (W + 2P - K)/S + 1}. torch.nn.Conv2d
/// `weight` is {OutChannels, C, K, K}, `bias` {OutChannels}.
template <int OutChannels, Size2d Kernel, Size2d Stride = 1, Size2d Padding = 0>
struct Conv2d : detail::Affine<Conv2d<OutChannels, Kernel, Stride, Padding>> {
  static constexpr StringView kind = "Conv2d";
  static constexpr detail::SlidingWindow window{Kernel, Stride, Padding};

  static constexpr Text describe() {
    Text text = "Conv2d<";
    text << OutChannels << ", ";
    window.describe(text, 1);
    return text;
  }
  static constexpr Text check(Shape in) {
    if (OutChannels < 1) return Text("out_channels must be at least 1, got ") << OutChannels;
    return window.check(in, "kernel");
  }
  static constexpr Shape output_shape(Shape in) {
    return {OutChannels, window.out_height(in), window.out_width(in)};
  }
  static constexpr auto parameters(Shape in) {
    const std::size_t fan_in = in.channels() * Kernel.height * Kernel.width;
    return std::array{Parameter{"weight",
                                {OutChannels, in.channels(), Kernel.height, Kernel.width},
                                uniform_by_fan_in(fan_in)},
                      Parameter{"bias", {OutChannels}, uniform_by_fan_in(fan_in)}};
  }
  static constexpr std::size_t multiply_adds(Shape in) { return geometry(in).multiply_adds(); }

  static constexpr kernels::Conv2dGeometry geometry(Shape in) {
    return {in.channels(),
            in.height(),
            in.width(),
            static_cast<std::size_t>(OutChannels),
            static_cast<std::size_t>(Kernel.height),
            static_cast<std::size_t>(Kernel.width),
            static_cast<std::size_t>(Stride.height),
            static_cast<std::size_t>(Stride.width),
            static_cast<std::size_t>(Padding.height),
            static_cast<std::size_t>(Padding.width)};
  }

  template <class At>
  using kernel = kernels::conv2d<typename At::value_type, geometry(At::input_shape)>;
};

} // namespace ctnn
