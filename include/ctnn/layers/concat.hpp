#pragma once

#include <cstddef>

#include <ctnn/core/composite.hpp>
#include <ctnn/core/layer.hpp>
#include <ctnn/kernels/names.hpp>
#include <ctnn/layers/branches.hpp>

namespace ctnn {

/// ConcatChannels is the join of a Concat: the channels of x0, then those of x1, …
struct ConcatChannels {
  static constexpr StringView kind = "Concat";
  static constexpr Reads backward_reads = Reads::nothing;

  static constexpr Sentence check(Shapes in) {
    Sentence error;
    for (std::size_t i = 1; i < in.size() && error.empty(); ++i)
      if (in[i].rank != in[0].rank || in[i].height() != in[0].height() ||
          in[i].width() != in[0].width()) {
        detail::write_branches(error, in, i);
        error << "; channels are put together of images of equal height and width";
        if (in[i].rank != in[0].rank) error << " (Flatten makes a vector of an image)";
      }
    return error;
  }
  static constexpr Shape output_shape(Shapes in) {
    Shape out = in[0];
    for (std::size_t i = 1; i < in.size(); ++i) out.extent[0] += in[i].channels();
    return out;
  }

  template <class Context>
  static void forward(const Context& c) {
    for_each_part(c, c.x, [&](auto part, std::size_t first, const auto& x) {
      part.forward(pixels(c), first, x.data, c.y.data);
    });
  }
  template <class Context>
  static void backward(const Context& c) {
    for_each_part(c, c.dx, [&](auto part, std::size_t first, const auto& dx) {
      part.backward(pixels(c), first, c.dy.data, dx.data);
    });
  }

private:
  static std::size_t pixels(const auto& c) {
    return c.samples * c.y.shape.height() * c.y.shape.width();
  }

  /// for_each_part calls f(kernel, first channel, view) for each of the views.
  template <class Context, class Views, class F>
  static void for_each_part(const Context& c, const Views& views, F&& f) {
    std::size_t first = 0;
    const auto part = [&](const auto& view) {
      f(kernel<Context>(c.y, view), first, view);
      first += view.shape.channels();
    };
    apply([&](const auto&... view) { (part(view), ...); }, views);
  }
  template <class Context, class Whole, class Part>
  static constexpr auto kernel(const Whole&, const Part&) {
    return kernels::concat<typename Context::value_type, Whole::shape.channels(),
                           Part::shape.channels()>{};
  }
};

/// Concat is the channels of what branches make, one branch's behind the other's: {C0, H, W} and {C1, H,
/// W} become {C0 + C1, H, W}. torch.cat along the channels
template <class... Branches>
using Concat = Parallel<ConcatChannels, Branches...>;

} // namespace ctnn
