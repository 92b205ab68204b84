#pragma once

#include <ctnn/core/layer.hpp>
#include <ctnn/kernels/names.hpp>
#include <ctnn/layers/options.hpp>
#include <ctnn/layers/sliding_window.hpp>

namespace ctnn {

/// AvgPool2d is the mean of each window of size `Kernel`, in which padded zeros count: {C, H, W}
/// becomes {C, (H + 2P - K)/S + 1, (W + 2P - K)/S + 1}. torch.nn.AvgPool2d
///
/// The `Options` are stride(S), the window's size unless given, and padding(P) with zeros, at most half
/// the window and 0 unless given.
template <Size2d Kernel, auto... Options>
struct AvgPool2d {
private:
  using options = detail::OptionList<detail::types<stride, padding>, Options...>;

public:
  static constexpr StringView kind = "AvgPool2d";
  static constexpr Reads backward_reads = Reads::nothing;
  /// window is the size of the window, its stride and its padding.
  static constexpr detail::SlidingWindow window{Kernel, options::get(stride(Kernel)).size,
                                                options::get(padding(0))};

  static constexpr Sentence describe() {
    Sentence text = "AvgPool2d<";
    detail::write_size(text, Kernel);
    options::describe(text);
    return text << '>';
  }
  static constexpr Sentence check(Shape in) {
    if (const Sentence wrong = options::check(kind, 1, "stride(2); kernel_size comes first");
        !wrong.empty())
      return wrong;
    return window.check_pool(in);
  }
  static constexpr Shape output_shape(Shape in) { return window.output_shape(in, in.channels()); }

  /// op is the kernel that runs the layer.
  template <class At>
  using op = kernels::avg_pool2d<typename At::value_type, window.geometry(At::input_shape)>;

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
