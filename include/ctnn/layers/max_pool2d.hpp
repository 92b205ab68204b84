#pragma once

#include <ctnn/core/layer.hpp>
#include <ctnn/kernels/names.hpp>
#include <ctnn/layers/options.hpp>
#include <ctnn/layers/sliding_window.hpp>

namespace ctnn {
namespace detail {

/// MaxPooling is the base of what fusion takes for a max pooling. Such a layer says `side`.
struct MaxPooling {};

} // namespace detail

/// MaxPool2d is the largest element of each window of size `Kernel`: {C, H, W} becomes {C, (H + 2P -
/// K)/S + 1, (W + 2P - K)/S + 1}. The first of equals takes the gradient. torch.nn.MaxPool2d
///
/// The `Options` are stride(S), the window's size unless given, and padding(P) with minus infinity, at
/// most half the window and 0 unless given.
template <Size2d Kernel, auto... Options>
struct MaxPool2d : detail::MaxPooling {
private:
  using options = detail::OptionList<detail::types<stride, padding>, Options...>;

public:
  static constexpr StringView kind = "MaxPool2d";
  static constexpr Reads backward_reads = Reads::nothing;
  /// window is the size of the window, its stride and its padding.
  static constexpr detail::SlidingWindow window{Kernel, options::get(stride(Kernel)).size,
                                                options::get(padding(0))};

  static constexpr Sentence describe() {
    Sentence text = "MaxPool2d<";
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
  /// tape_size is one element for each output: the position of the largest element in its window.
  static constexpr std::size_t tape_size(Shape in) { return output_shape(in).size(); }

  /// side is the side of windows that are square and lie side by side, and otherwise 0.
  static constexpr std::size_t side = Kernel.height == Kernel.width && window.stride == Kernel &&
                                              window.sides == padding(0) && Kernel.height > 1
                                          ? static_cast<std::size_t>(Kernel.height)
                                          : 0;

  /// op is the kernel that runs the layer.
  template <class At>
  using op = kernels::max_pool2d<typename At::value_type, window.geometry(At::input_shape)>;

  template <class Context>
  static void forward(const Context& c) {
    op<Context>::forward(c.samples, c.x.data, c.y.data, c.tape);
  }
  template <class Context>
  static void backward(const Context& c) {
    op<Context>::backward(c.samples, c.tape, c.dy.data, c.dx.data);
  }
};

} // namespace ctnn
