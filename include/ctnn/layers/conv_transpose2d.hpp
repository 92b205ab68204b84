#pragma once

#include <cstddef>

#include <ctnn/core/array.hpp>
#include <ctnn/core/layer.hpp>
#include <ctnn/kernels/names.hpp>
#include <ctnn/layers/convolution.hpp>
#include <ctnn/layers/fused.hpp>
#include <ctnn/layers/options.hpp>
#include <ctnn/layers/sliding_window.hpp>

namespace ctnn {

/// ConvTranspose2d is the gradient of a Conv2d by its input, as a layer: {C, H, W} becomes {OutChannels,
/// (H - 1)S - 2P + D(K - 1) + Q + 1, (W - 1)S - 2P + D(K - 1) + Q + 1}. torch.nn.ConvTranspose2d
///
/// The `Options` are those of Conv2d, where padding(P) is what is left out of the output, in numbers; and
/// output_padding(Q), less than the stride and 0 unless given, for more rows below and columns at the
/// right. The parameters are `weight` {C, OutChannels/G, K, K} and `bias` {OutChannels}.
template <int OutChannels, Size2d Kernel, auto... Options>
struct ConvTranspose2d : detail::Fusable {
private:
  using options =
      detail::OptionList<detail::types<stride, padding, output_padding, dilation, groups, bias,
                                       kernels::ConvolutionAlgorithm, weight_init, bias_init>,
                         Options...>;
  static constexpr bool has_bias = options::get(bias(true)).enabled;
  static constexpr groups asked = options::get(groups(1));
  static constexpr Size2d extra = options::get(output_padding(0)).size;
  static constexpr kernels::ConvolutionAlgorithm own_algorithm = options::get(automatic);
  static constexpr detail::SlidingWindow window{Kernel, options::get(stride(1)).size,
                                                options::get(padding(0)),
                                                options::get(dilation(1)).size};
  static constexpr std::size_t size(int n) { return static_cast<std::size_t>(n); }
  /// grown is an extent of the output and what padding leaves out of it.
  static constexpr std::size_t grown(std::size_t in, int stride, int dilation, int kernel,
                                     int more) {
    return (in - 1) * size(stride) + size(dilation) * size(kernel - 1) + size(more) + 1;
  }
  static constexpr std::size_t grown_height(Shape in) {
    return grown(in.height(), window.stride.height, window.dilation.height, Kernel.height,
                 extra.height);
  }
  static constexpr std::size_t grown_width(Shape in) {
    return grown(in.width(), window.stride.width, window.dilation.width, Kernel.width, extra.width);
  }

public:
  static constexpr StringView kind = "ConvTranspose2d";

  static constexpr Sentence describe() {
    Sentence text = "ConvTranspose2d<";
    text << OutChannels << ", ";
    detail::write_size(text, Kernel);
    options::describe(text);
    return text << '>';
  }
  static constexpr Sentence check(Shape in) {
    if (const Sentence wrong = options::check(kind, 2,
                                              "stride(2); out_channels and kernel_size come first, "
                                              "in_channels are inferred");
        !wrong.empty())
      return wrong;
    if (!has_bias && options::template has<bias_init>) return detail::no_bias_error;
    Sentence error = window.check_sizes("kernel");
    if (!error.empty()) return error;
    if (window.sides.same) return "padding is numbers here";
    if (in.rank != 3) return error << "expects an image (channels, height, width), got " << in;
    if (extra.height < 0 || extra.width < 0 || extra.height >= window.stride.height ||
        extra.width >= window.stride.width)
      return error << "output_padding must be less than the stride " << window.stride << ", got "
                   << extra;
    if (grown_height(in) <= size(window.sides.top + window.sides.bottom) ||
        grown_width(in) <= size(window.sides.left + window.sides.right))
      return error << "padding leaves nothing of its " << grown_height(in) << 'x' << grown_width(in)
                   << " output";
    error = detail::groups_error(asked, in, OutChannels);
    if (error.empty()) error = detail::algorithm_error(geometry(in), own_algorithm);
    return error.empty() ? detail::starts_error(parameters(in)) : error;
  }
  static constexpr Shape output_shape(Shape in) {
    return {OutChannels, grown_height(in) - size(window.sides.top + window.sides.bottom),
            grown_width(in) - size(window.sides.left + window.sides.right)};
  }
  static constexpr auto parameters(Shape in) {
    const std::size_t made = size(OutChannels) / detail::group_count(asked, in);
    const auto initial = uniform_by_fan_in(made * size(Kernel.height) * size(Kernel.width));
    const Parameter weight{"weight",
                           {in.channels(), made, Kernel.height, Kernel.width},
                           options::get(weight_init(initial)).initial};
    if constexpr (has_bias)
      return detail::Array{
          weight, Parameter{"bias", {OutChannels}, options::get(bias_init(initial)).initial}};
    else
      return detail::Array{weight};
  }
  static constexpr std::size_t multiply_adds(Shape in) { return geometry(in).multiply_adds(); }

  /// geometry is that of the convolution whose gradient this is, from the output to an input of shape
  /// `in`.
  static constexpr kernels::Conv2dGeometry geometry(Shape in) {
    return window.geometry(output_shape(in), in.channels(), detail::group_count(asked, in));
  }

  /// algorithm is what that runs by: the layer's own algorithm, otherwise the network's if it can run by
  /// that, otherwise the cheapest.
  static constexpr kernels::ConvolutionAlgorithm
  algorithm(Shape in, kernels::ConvolutionAlgorithm of_network, std::size_t) {
    const kernels::ConvolutionAlgorithm wish =
        detail::wished(geometry(in), own_algorithm, of_network);
    return wish == automatic ? kernels::choose_algorithm(geometry(in)) : wish;
  }
  /// can_pool is false: no pooling runs as one with it.
  static constexpr bool can_pool(Shape, kernels::ConvolutionAlgorithm, std::size_t) {
    return false;
  }

  /// kernel is what runs the layer, by algorithm `A` and with `Epilogue` behind it.
  template <class T, Shape In, class Epilogue, kernels::ConvolutionAlgorithm A>
  using kernel = kernels::conv_transpose2d<T, geometry(In), A, Epilogue>;
};

} // namespace ctnn
