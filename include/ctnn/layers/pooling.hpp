#pragma once
/// @file
/// What the poolings share: windows that slide over an image or a sequence, and their options.

#include <ctnn/core/layer.hpp>
#include <ctnn/layers/options.hpp>
#include <ctnn/layers/sliding_window.hpp>

namespace ctnn::detail {

/// Pooling is the base of the layer `Layer`, which makes one element of each window of size `Kernel`.
/// Those of a sequence have a height of 1. It knows the options of the types `Known`, by which an image
/// moves on by the size of its window unless there is a stride.
template <class Layer, bool OfSequence, class Known, Size2d Kernel, auto... Options>
struct Pooling {
protected:
  using options = OptionList<Known, Options...>;

public:
  static constexpr Reads backward_reads = Reads::nothing;
  /// window is the size of the window, its stride and its padding.
  static constexpr SlidingWindow window{
      .kernel = Kernel,
      .stride = options::get(stride(OfSequence ? Size2d(Kernel.width) : Kernel)).size,
      .sides = options::get(padding(0)),
      .ceil_mode = options::get(ceil_mode(false)).enabled};

  static constexpr Sentence describe() {
    Sentence text = Layer::kind;
    text << '<';
    write_size(text, OfSequence ? Size2d(Kernel.width) : Kernel);
    options::describe(text);
    return text << '>';
  }
  static constexpr Sentence check(Shape in) {
    if (const Sentence wrong = options::check(Layer::kind, 1, "stride(2); kernel_size comes first");
        !wrong.empty())
      return wrong;
    return window.check_pool(in, OfSequence);
  }
  static constexpr Shape output_shape(Shape in) { return window.output_shape(in, in.channels()); }
};

} // namespace ctnn::detail
