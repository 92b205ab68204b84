#pragma once

#include <ctnn/core/layer.hpp>
#include <ctnn/kernels/names.hpp>

namespace ctnn {
namespace detail {

/// OverChannels normalises over the channels of each pixel, or over the elements of a vector.
template <template <class, std::size_t> class Op>
struct OverChannels {
  static constexpr Shape output_shape(Shape in) { return in; }
  static constexpr Reads backward_reads = Reads::output;
  static constexpr bool in_place = true;

  template <class Context>
  static void forward(const Context& c) {
    constexpr std::size_t channels = Context::input_shape.channels();
    Op<typename Context::value_type, channels>::forward(c.y.size() / channels, c.x.data, c.y.data);
  }
  template <class Context>
  static void backward(const Context& c) {
    constexpr std::size_t channels = Context::input_shape.channels();
    Op<typename Context::value_type, channels>::backward(c.y.size() / channels, c.y.data, c.dy.data,
                                                         c.dx.data);
  }
};

} // namespace detail

/// Softmax is exp(x) / sum exp(x) over the channels. torch.nn.Softmax(dim=1)
struct Softmax : detail::OverChannels<kernels::softmax> {
  static constexpr StringView kind = "Softmax";
  static constexpr Gives gives = Gives::probabilities;
};

/// LogSoftmax is x - log sum exp(x) over the channels. torch.nn.LogSoftmax(dim=1)
struct LogSoftmax : detail::OverChannels<kernels::log_softmax> {
  static constexpr StringView kind = "LogSoftmax";
  static constexpr Gives gives = Gives::log_probabilities;
};

} // namespace ctnn
