#pragma once

#include <array>
#include <cstddef>
#include <tuple>
#include <utility>

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
    for_each_part(c, c.x, [&](auto part, const auto& x) {
      part.forward(pixels(c), x.data, c.y.data);
    });
  }
  template <class Context>
  static void backward(const Context& c) {
    for_each_part(c, c.dx, [&](auto part, const auto& dx) {
      part.backward(pixels(c), c.dy.data, dx.data);
    });
  }

private:
  static std::size_t pixels(const auto& c) {
    return c.samples * decltype(c.y)::shape.height() * decltype(c.y)::shape.width();
  }

  /// for_each_part calls f(kernel, view) for each of the views.
  template <class Context, class F, class... Views>
  static void for_each_part(const Context& c, const std::tuple<Views...>& views, F&& f) {
    constexpr std::size_t channels = decltype(c.y)::shape.channels();
    constexpr auto first = [] {
      std::array<std::size_t, sizeof...(Views)> at{};
      const std::size_t own[]{Views::shape.channels()...};
      for (std::size_t i = 1; i < at.size(); ++i) at[i] = at[i - 1] + own[i - 1];
      return at;
    }();
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (f(kernels::concat<typename Context::value_type, channels, first[I], Views::shape.channels()>{},
         std::get<I>(views)),
       ...);
    }(std::index_sequence_for<Views...>{});
  }
};

/// Concat is the channels of what branches make, one branch's behind the other's: {C0, H, W} and {C1, H,
/// W} become {C0 + C1, H, W}. torch.cat along the channels
template <class... Branches>
using Concat = Parallel<ConcatChannels, Branches...>;

} // namespace ctnn
