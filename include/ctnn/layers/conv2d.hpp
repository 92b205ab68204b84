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

/// Conv2d is two-dimensional cross-correlation with `OutChannels` kernels of size `Kernel`: {C, H, W}
/// becomes {OutChannels, (H + 2P - D(K - 1) - 1)/S + 1, (W + 2P - D(K - 1) - 1)/S + 1}. torch.nn.Conv2d
///
/// The `Options` are stride(S), 1 unless given; padding(P) with zeros, on all sides or side by side, or
/// padding("same"), 0 unless given; dilation(D), 1 unless given; groups(G), or depthwise, 1 unless given;
/// bias(false) for none; weight_init and bias_init, uniform_by_fan_in unless given; and an algorithm:
/// automatic, direct, or winograd(m), for 3x3 kernels winograd(2) to winograd(6), of stride 2 to winograd(4). The parameters
/// are `weight` {OutChannels, C/G, K, K} and `bias` {OutChannels}.
template <int OutChannels, Size2d Kernel, auto... Options>
struct Conv2d : detail::Fusable {
protected:
  /// options are those that were given.
  using options =
      detail::OptionList<detail::types<stride, padding, dilation, groups, bias,
                                       kernels::ConvolutionAlgorithm, weight_init, bias_init>,
                         Options...>;

private:
  static constexpr bool has_bias = options::get(bias(true)).enabled;
  static constexpr groups asked = options::get(groups(1));
  static constexpr kernels::ConvolutionAlgorithm own_algorithm = options::get(automatic);

public:
  static constexpr StringView kind = "Conv2d";
  /// window is the size of the kernel, its stride, padding and dilation.
  static constexpr detail::SlidingWindow window{Kernel, options::get(stride(1)).size,
                                                options::get(padding(0)),
                                                options::get(dilation(1)).size};

  static constexpr Sentence describe() {
    Sentence text = "Conv2d<";
    text << OutChannels << ", ";
    detail::write_size(text, Kernel);
    options::describe(text);
    return text << '>';
  }
  static constexpr Sentence check(Shape in) { return check_as(kind, in, false); }
  static constexpr Shape output_shape(Shape in) { return window.output_shape(in, OutChannels); }
  static constexpr auto parameters(Shape in) {
    const std::size_t seen = in.channels() / detail::group_count(asked, in);
    const auto initial = uniform_by_fan_in(seen * static_cast<std::size_t>(Kernel.height) *
                                           static_cast<std::size_t>(Kernel.width));
    const Parameter weight{"weight",
                           in.rank == 2 ? Shape{OutChannels, seen, Kernel.width}
                                        : Shape{OutChannels, seen, Kernel.height, Kernel.width},
                           options::get(weight_init(initial)).initial};
    if constexpr (has_bias)
      return detail::Array{
          weight, Parameter{"bias", {OutChannels}, options::get(bias_init(initial)).initial}};
    else
      return detail::Array{weight};
  }
  static constexpr std::size_t multiply_adds(Shape in) { return geometry(in).multiply_adds(); }

  /// geometry is all that a kernel knows of the convolution of an input of shape `in`.
  static constexpr kernels::Conv2dGeometry geometry(Shape in) {
    return window.geometry(in, static_cast<std::size_t>(OutChannels),
                           detail::group_count(asked, in));
  }

  /// algorithm is what the layer runs by if its outputs are pooled in windows of pool x pool: its own
  /// algorithm, otherwise the network's if it can run by that, otherwise the cheapest.
  static constexpr kernels::ConvolutionAlgorithm
  algorithm(Shape in, kernels::ConvolutionAlgorithm of_network, std::size_t pool) {
    const kernels::ConvolutionAlgorithm wish =
        detail::wished(geometry(in), own_algorithm, of_network);
    return wish == automatic ? kernels::choose_algorithm(geometry(in), pool) : wish;
  }
  /// can_pool is whether outputs can be pooled, in windows side by side, before they are stored.
  static constexpr bool can_pool(Shape in, kernels::ConvolutionAlgorithm of_network,
                                 std::size_t pool) {
    const Shape out = output_shape(in);
    const kernels::ConvolutionAlgorithm wish =
        detail::wished(geometry(in), own_algorithm, of_network);
    return out.height() % pool == 0 && out.width() % pool == 0 &&
           kernels::can_run(geometry(in), wish == automatic ? direct : wish, pool);
  }

  /// kernel is what runs the layer, by algorithm `A` and with `Epilogue` behind it.
  template <class T, Shape In, class Epilogue, kernels::ConvolutionAlgorithm A>
  using kernel = kernels::conv2d<T, geometry(In), A, Epilogue>;

protected:
  /// check_as is check() under another name, of an image or of a sequence.
  static constexpr Sentence check_as(StringView own_kind, Shape in, bool of_sequence) {
    if (const Sentence wrong = options::check(own_kind, 2,
                                              "stride(2); out_channels and kernel_size come first, "
                                              "in_channels are inferred");
        !wrong.empty())
      return wrong;
    if (!has_bias && options::template has<bias_init>) return detail::no_bias_error;
    Sentence error = window.check(in, "kernel", of_sequence);
    if (error.empty()) error = detail::groups_error(asked, in, OutChannels);
    if (error.empty()) error = detail::algorithm_error(geometry(in), own_algorithm);
    return error.empty() ? detail::starts_error(parameters(in)) : error;
  }
};

} // namespace ctnn
