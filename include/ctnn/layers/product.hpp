#pragma once

#include <cstddef>

#include <ctnn/core/composite.hpp>
#include <ctnn/core/layer.hpp>
#include <ctnn/kernels/names.hpp>
#include <ctnn/layers/branches.hpp>

namespace ctnn {

/// Multiply is the join of a Product: y = x0 * x1, element by element. One of the two may be {C, 1, 1} or
/// {C}: then each channel of the other is multiplied by one number.
struct Multiply {
  static constexpr StringView kind = "Product";
  static constexpr Reads backward_reads = Reads::input;
  static constexpr bool in_place = true;

  static constexpr Sentence check(Shapes in) {
    Sentence error;
    if (in.size() != 2)
      error << "has " << in.size() << " branches; a product has two";
    else if (in[0] != in[1] && !scales(in[1], in[0]) && !scales(in[0], in[1])) {
      detail::write_branches(error, in, 1);
      error << "; a product needs equal shapes, or one number a channel, such as "
            << Shape{in[0].channels(), 1, 1};
    }
    return error;
  }
  static constexpr Shape output_shape(Shapes in) { return scales(in[0], in[1]) ? in[1] : in[0]; }

  template <class Context>
  static void forward(const Context& c) {
    const auto& [x0, x1] = c.x;
    const auto multiply = [&](const auto& a, const auto& b) {
      kernel<Context>(a, b).forward(c.samples, a.data, b.data, c.y.data);
    };
    if constexpr (scales(decltype(x0)::shape, decltype(x1)::shape))
      multiply(x1, x0);
    else
      multiply(x0, x1);
  }
  template <class Context>
  static void backward(const Context& c) {
    const auto& [x0, x1] = c.x;
    const auto& [dx0, dx1] = c.dx;
    const auto back = [&](const auto& a, const auto& b, const auto& da, const auto& db) {
      kernel<Context>(a, b).backward_first(c.samples, b.data, c.dy.data, da.data);
      kernel<Context>(a, b).backward_second(c.samples, a.data, c.dy.data, db.data);
    };
    if constexpr (scales(decltype(x0)::shape, decltype(x1)::shape))
      back(x1, x0, dx1, dx0);
    else
      back(x0, x1, dx0, dx1);
  }

private:
  /// scales is whether `few` has one number for each channel of `many`.
  static constexpr bool scales(Shape few, Shape many) {
    return few != many && few.size() == few.channels() && few.channels() == many.channels();
  }

  /// kernel is that for two views, the second of which may have one number for each channel.
  template <class Context, class Many, class Few>
  static constexpr auto kernel(const Many&, const Few&) {
    constexpr Shape many = Many::shape;
    return kernels::product<typename Context::value_type, many.channels(),
                            many.height() * many.width(), many != Few::shape>{};
  }
};

/// Product is the product of what two branches make, of equal shapes, or one of them {C, 1, 1} for {C, H,
/// W}: squeeze and excitation is `Product<Identity, Sequential<AdaptiveAvgPool2d<1>, …, Sigmoid>>`.
template <class... Branches>
using Product = Parallel<Multiply, Branches...>;

} // namespace ctnn
