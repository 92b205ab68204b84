#pragma once

#include <cstddef>
#include <type_traits>

#include <ctnn/core/layer.hpp>
#include <ctnn/kernels/names.hpp>
#include <ctnn/layers/options.hpp>
#include <ctnn/layers/sliding_window.hpp>

namespace ctnn {

/// Upsample makes an image larger by whole numbers: {C, H, W} becomes {C, H Scale, W Scale}.
/// torch.nn.Upsample(scale_factor=Scale)
///
/// The `Options` are mode("bilinear"), "nearest" unless given: each pixel is a mean of the four around its
/// place, in place of the nearest one; and with it align_corners(true), by which the centres of the
/// corners' pixels stay where they are, and otherwise the image's edges do.
template <Size2d Scale, auto... Options>
struct Upsample {
private:
  using options = detail::OptionList<detail::types<mode, align_corners>, Options...>;
  static constexpr mode asked = options::get(mode("nearest"));

public:
  static constexpr StringView kind = "Upsample";
  static constexpr Reads backward_reads = Reads::nothing;
  /// bilinear is whether a pixel is a mean of four, and not the nearest one.
  static constexpr bool bilinear = asked.word == "bilinear";

  static constexpr Sentence describe() {
    Sentence text = "Upsample<";
    detail::write_size(text, Scale);
    options::describe(text);
    return text << '>';
  }
  static constexpr Sentence check(Shape in) {
    if (const Sentence wrong =
            options::check(kind, 1, "mode(\"bilinear\"); scale_factor comes first");
        !wrong.empty())
      return wrong;
    if (Scale == Size2d::fraction) return "sizes are whole numbers";
    if (Scale.height < 1 || Scale.width < 1)
      return Sentence("scale_factor must be at least 1x1, got ") << Scale;
    if (!bilinear && asked.word != "nearest") return "mode is \"nearest\" or \"bilinear\"";
    if (!bilinear && options::template has<align_corners>)
      return "align_corners is for mode(\"bilinear\")";
    if (in.rank != 3) return Sentence("expects an image (channels, height, width), got ") << in;
    return {};
  }
  static constexpr Shape output_shape(Shape in) {
    const kernels::Upsample2dGeometry g = geometry(in);
    return {in.channels(), g.out_height(), g.out_width()};
  }

  /// geometry is all that a kernel knows of an input of shape `in`.
  static constexpr kernels::Upsample2dGeometry geometry(Shape in) {
    return {in.channels(),
            in.height(),
            in.width(),
            static_cast<std::size_t>(Scale.height),
            static_cast<std::size_t>(Scale.width),
            options::get(align_corners(false)).enabled};
  }

  /// op is the kernel that runs the layer.
  template <class At>
  using op = std::conditional_t<
      bilinear, kernels::upsample_bilinear2d<typename At::value_type, geometry(At::input_shape)>,
      kernels::upsample_nearest2d<typename At::value_type, geometry(At::input_shape)>>;

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
