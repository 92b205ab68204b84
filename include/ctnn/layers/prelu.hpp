#pragma once

#include <cstddef>

#include <ctnn/core/array.hpp>
#include <ctnn/core/layer.hpp>
#include <ctnn/kernels/names.hpp>
#include <ctnn/layers/options.hpp>

namespace ctnn {

/// PReLU is x for x > 0, else a slope · x, the slope being learned. He et al., "Delving deep into
/// rectifiers", 2015. torch.nn.PReLU
///
/// The `Options` are per_channel(true) for a slope of each channel, where one is shared unless given, and
/// weight_init, 0.25 unless given. The parameter is `weight` {1} or {C}.
template <auto... Options>
struct PReLU {
private:
  using options = detail::OptionList<detail::types<per_channel, weight_init>, Options...>;

public:
  static constexpr StringView kind = "PReLU";
  static constexpr Reads backward_reads = Reads::input;
  static constexpr bool in_place = true;

  static constexpr Sentence describe() {
    Sentence text = kind;
    options::describe_alone(text);
    return text;
  }
  static constexpr Sentence check(Shape in) {
    if (const Sentence wrong =
            options::check(kind, 0, "per_channel(true); num_parameters are inferred");
        !wrong.empty())
      return wrong;
    return detail::starts_error(parameters(in));
  }
  static constexpr Shape output_shape(Shape in) { return in; }
  static constexpr auto parameters(Shape in) {
    return detail::Array{
        Parameter{"weight", {slopes(in)}, options::get(weight_init(constant(0.25))).initial}};
  }

  template <class Context>
  static void forward(const Context& c) {
    op<Context>::forward(c.x.size(), c.x.data, c.parameters[0].data(), c.y.data);
  }
  template <class Context>
  static void backward(const Context& c) {
    op<Context>::backward(c.x.size(), c.x.data, c.parameters[0].data(), c.dy.data, c.dx.data,
                          c.gradients[0].data());
  }

private:
  static constexpr std::size_t slopes(Shape in) {
    return options::get(per_channel(false)).enabled ? in.channels() : 1;
  }

  /// op is the kernel that runs the layer.
  template <class At>
  using op = kernels::prelu<typename At::value_type, slopes(At::input_shape)>;
};

} // namespace ctnn
