#pragma once
/// @file
/// What LayerNorm, RMSNorm, GroupNorm and InstanceNorm2d share.

#include <cfloat>
#include <cstddef>

#include <ctnn/core/array.hpp>
#include <ctnn/core/layer.hpp>
#include <ctnn/kernels/names.hpp>
#include <ctnn/layers/options.hpp>

namespace ctnn::detail {

/// A NormalizationRule is what one of these layers does, before its input is known.
struct NormalizationRule {
  std::size_t
      groups;    ///< of channels; 0 for all channels of each pixel, all_channels for each channel
  bool centered; ///< whether the mean is taken off
  bool weight, bias; ///< whether it has these parameters
  double eps;        ///< added to the variance; of the element type if 0

  static constexpr std::size_t all_channels = ~std::size_t{0};

  constexpr kernels::NormalizationGeometry geometry(Shape in) const {
    return {in.channels(),
            in.height() * in.width(),
            groups == all_channels ? in.channels() : groups,
            centered,
            weight,
            bias};
  }
};

/// Normalization is the base of these layers: `Rule` says what it does, `Options` is the OptionList of
/// the layer.
template <NormalizationRule Rule, class Options>
struct Normalization {
  static constexpr Reads backward_reads = Reads::input;
  static constexpr bool in_place = true;

  static constexpr Shape output_shape(Shape in) { return in; }
  static constexpr auto parameters(Shape in) {
    const Parameter weight{
        "weight", {in.channels()}, Options::get(weight_init(constant(1))).initial};
    const Parameter bias{"bias", {in.channels()}, Options::get(bias_init(constant(0))).initial};
    if constexpr (Rule.weight && Rule.bias)
      return Array{weight, bias};
    else if constexpr (Rule.weight)
      return Array{weight};
    else if constexpr (Rule.bias)
      return Array{bias};
    else
      return Array<Parameter, 0>{};
  }
  static constexpr std::size_t tape_size(Shape in) { return Rule.geometry(in).tape_size(); }

  template <class Context>
  static void forward(const Context& c) {
    op<Context>::forward(c.samples, Rule.eps, c.x.data, weight(c.parameters), bias(c.parameters),
                         c.y.data, c.tape);
  }
  template <class Context>
  static void backward(const Context& c) {
    op<Context>::backward(c.samples, c.x.data, weight(c.parameters), c.tape, c.dy.data, c.dx.data,
                          weight(c.gradients), bias(c.gradients));
  }

protected:
  /// check is what is wrong with the options on this input, or nothing.
  static constexpr Sentence check_options(Shape in, StringView kind, std::size_t sizes,
                                          StringView hint) {
    if (const Sentence wrong = Options::check(kind, sizes, hint); !wrong.empty()) return wrong;
    if (Options::template has<eps> && !(Rule.eps > 0 && Rule.eps <= DBL_MAX))
      return "eps must be a positive number";
    if (!Rule.weight && Options::template has<weight_init>)
      return "weight_init is for a weight, and the layer has none";
    if (!Rule.bias && Options::template has<bias_init>) return no_bias_error;
    return starts_error(parameters(in));
  }

private:
  template <class At>
  using op = kernels::normalization<typename At::value_type, Rule.geometry(At::input_shape)>;

  /// weight and bias are where these lie among a layer's tensors, null for what it has not.
  template <class Tensors>
  static auto weight(const Tensors& tensors) -> decltype(tensors.begin()->data()) {
    if constexpr (Rule.weight)
      return tensors[0].data();
    else
      return nullptr;
  }
  template <class Tensors>
  static auto bias(const Tensors& tensors) -> decltype(tensors.begin()->data()) {
    if constexpr (Rule.bias)
      return tensors[Rule.weight ? 1 : 0].data();
    else
      return nullptr;
  }
};

} // namespace ctnn::detail
