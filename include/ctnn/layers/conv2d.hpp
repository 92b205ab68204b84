#pragma once

#include <ctnn/core/layer.hpp>
#include <ctnn/kernels/convolution_algorithm.hpp>
#include <ctnn/layers/affine.hpp>
#include <ctnn/layers/sliding_window.hpp>

namespace ctnn {

/// Two-dimensional cross-correlation with bias; zeros are padded on all sides.
/// {C, H, W} -> {OutChannels, (H + 2P - K)/S + 1, (W + 2P - K)/S + 1}. torch.nn.Conv2d
/// `weight` is {OutChannels, C, K, K}, `bias` {OutChannels}.
/// Algorithm: automatic, direct, or winograd(2) to winograd(6) for 3x3 kernels of stride 1.
template <int OutChannels, Size2d Kernel, Size2d Stride = 1, Size2d Padding = 0,
          ConvolutionAlgorithm Algorithm = automatic>
struct Conv2d : detail::Affine {
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
    Text error = window.check(in, "kernel");
    if (error.empty() && Algorithm != automatic && !kernels::can_run(geometry(in), Algorithm))
      error << "winograd(" << Algorithm.tile << ") needs 2 to 6 and a 3x3 kernel of stride 1, got "
            << "kernel " << Kernel << " and stride " << Stride;
    return error;
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

  /// What it runs by: its own algorithm, the network's if it can, or the cheapest for outputs that
  /// are pooled in windows of pool x pool.
  static constexpr ConvolutionAlgorithm algorithm(Shape in, ConvolutionAlgorithm of_network,
                                                  std::size_t pool) {
    const ConvolutionAlgorithm wish = wished(in, of_network);
    return wish == automatic ? kernels::choose_algorithm(geometry(in), pool) : wish;
  }
  /// Whether its outputs can be pooled, in windows side by side, before they are stored.
  static constexpr bool can_pool(Shape in, ConvolutionAlgorithm of_network, std::size_t pool) {
    const Shape out = output_shape(in);
    const ConvolutionAlgorithm wish = wished(in, of_network);
    return out.height() % pool == 0 && out.width() % pool == 0 &&
           (wish == automatic || kernels::can_run(geometry(in), wish, pool));
  }

  template <class At, class Epilogue>
  using kernel = kernels::conv2d<typename At::value_type, geometry(At::input_shape),
                                 At::convolution, Epilogue>;

private:
  static constexpr ConvolutionAlgorithm wished(Shape in, ConvolutionAlgorithm of_network) {
    if (Algorithm != automatic) return Algorithm;
    return of_network != automatic && kernels::can_run(geometry(in), of_network) ? of_network
                                                                                 : automatic;
  }
};

} // namespace ctnn
