#pragma once

#include <cstddef>

#include <ctnn/core/array.hpp>
#include <ctnn/core/layer.hpp>
#include <ctnn/kernels/names.hpp>
#include <ctnn/layers/fused.hpp>
#include <ctnn/layers/options.hpp>
#include <ctnn/layers/sliding_window.hpp>

namespace ctnn {

/// Conv2d is two-dimensional cross-correlation with `OutChannels` kernels of size `Kernel`: {C, H, W}
/// becomes {OutChannels, (H + 2P - K)/S + 1, (W + 2P - K)/S + 1}. torch.nn.Conv2d
///
/// The `Options` are stride(S), 1 unless given; padding(P) with zeros on all sides, 0 unless given;
/// bias(false) for none; weight_init and bias_init, uniform_by_fan_in unless given; and an algorithm:
/// automatic, direct, or winograd(2) to winograd(6) for 3x3 kernels of stride 1. The parameters are
/// `weight` {OutChannels, C, K, K} and `bias` {OutChannels}.
template <int OutChannels, Size2d Kernel, auto... Options>
struct Conv2d : detail::Fusable {
private:
  using options = detail::OptionList<
      detail::types<stride, padding, bias, kernels::ConvolutionAlgorithm, weight_init, bias_init>,
      Options...>;
  static constexpr bool has_bias = options::get(bias(true)).enabled;

public:
  static constexpr StringView kind = "Conv2d";
  /// window is the size of the kernel, its stride and its padding.
  static constexpr detail::SlidingWindow window{Kernel, options::get(stride(1)).size,
                                                options::get(padding(0)).size};

  static constexpr Sentence describe() {
    Sentence text = "Conv2d<";
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
    if (OutChannels < 1) return Sentence("out_channels must be at least 1, got ") << OutChannels;
    if (!has_bias && options::template has<bias_init>) return detail::no_bias_error;
    Sentence error = window.check(in, "kernel");
    if (error.empty() && own_algorithm != automatic &&
        !kernels::can_run(geometry(in), own_algorithm)) {
      detail::write_option(error, own_algorithm);
      error << " needs 2 to 6 and a 3x3 kernel of stride 1, got kernel " << Kernel << " and stride "
            << window.stride;
    }
    return error.empty() ? detail::starts_error(parameters(in)) : error;
  }
  static constexpr Shape output_shape(Shape in) { return window.output_shape(in, OutChannels); }
  static constexpr auto parameters(Shape in) {
    const auto initial = uniform_by_fan_in(in.channels() * static_cast<std::size_t>(Kernel.height) *
                                           static_cast<std::size_t>(Kernel.width));
    const Parameter weight{"weight",
                           {OutChannels, in.channels(), Kernel.height, Kernel.width},
                           options::get(weight_init(initial)).initial};
    if constexpr (has_bias)
      return detail::Array{weight,
                        Parameter{"bias", {OutChannels}, options::get(bias_init(initial)).initial}};
    else
      return detail::Array{weight};
  }
  static constexpr std::size_t multiply_adds(Shape in) { return geometry(in).multiply_adds(); }

  /// geometry is all that a kernel knows of the convolution of an input of shape `in`.
  static constexpr kernels::Conv2dGeometry geometry(Shape in) {
    return window.geometry(in, static_cast<std::size_t>(OutChannels));
  }

  /// algorithm is what the layer runs by if its outputs are pooled in windows of pool x pool: its own
  /// algorithm, otherwise the network's if it can run by that, otherwise the cheapest.
  static constexpr kernels::ConvolutionAlgorithm
  algorithm(Shape in, kernels::ConvolutionAlgorithm of_network, std::size_t pool) {
    const kernels::ConvolutionAlgorithm wish = wished(in, of_network);
    return wish == automatic ? kernels::choose_algorithm(geometry(in), pool) : wish;
  }
  /// can_pool is whether outputs can be pooled, in windows side by side, before they are stored.
  static constexpr bool can_pool(Shape in, kernels::ConvolutionAlgorithm of_network,
                                 std::size_t pool) {
    const Shape out = output_shape(in);
    const kernels::ConvolutionAlgorithm wish = wished(in, of_network);
    return out.height() % pool == 0 && out.width() % pool == 0 &&
           (wish == automatic || kernels::can_run(geometry(in), wish, pool));
  }

  /// kernel is what runs the layer, by algorithm `A` and with `Epilogue` behind it.
  template <class T, Shape In, class Epilogue, kernels::ConvolutionAlgorithm A>
  using kernel = kernels::conv2d<T, geometry(In), A, Epilogue>;

private:
  static constexpr kernels::ConvolutionAlgorithm own_algorithm = options::get(automatic);

  static constexpr kernels::ConvolutionAlgorithm wished(Shape in,
                                                        kernels::ConvolutionAlgorithm of_network) {
    if (own_algorithm != automatic) return own_algorithm;
    return of_network != automatic && kernels::can_run(geometry(in), of_network) ? of_network
                                                                                 : automatic;
  }
};

} // namespace ctnn
