#pragma once

#include <cstddef>

#include <ctnn/core/composite.hpp>
#include <ctnn/core/layer.hpp>
#include <ctnn/kernels/names.hpp>
#include <ctnn/layers/branches.hpp>

namespace ctnn {

/// Add is the join of a Sum: y = x0 + x1 + …, of equal shapes.
struct Add {
  static constexpr StringView kind = "Sum";
  static constexpr Reads backward_reads = Reads::nothing;
  static constexpr bool in_place = true;
  static constexpr bool passes_gradient = true;

  static constexpr Sentence check(Shapes in) {
    Sentence error;
    for (std::size_t i = 1; i < in.size() && error.empty(); ++i)
      if (in[i] != in[0]) {
        detail::write_branches(error, in, i);
        error << "; a sum needs equal shapes";
        if (const Sentence shrink = detail::projection(in[i], in[0]); !shrink.empty())
          error << " (" << shrink << " at the end of that branch would make them)";
        else if (const Sentence first = detail::projection(in[0], in[i]); !first.empty())
          error << " (" << first << " at the end of the first would make them)";
      }
    return error;
  }
  static constexpr Sentence check_shortcut(Shape body, Shape in) {
    Sentence error;
    if (body == in) return error;
    error << "its body makes " << body << " of " << in << "; a sum needs equal shapes";
    const Sentence projection = detail::projection(in, body);
    const bool shrinks = body.rank == 3 && body.height() < in.height();
    if (shrinks && 2 * body.height() > in.height())
      error << " (without a stride a 3x3 kernel keeps height and width with padding(1), a 5x5 one "
               "with "
               "padding(2))";
    else if (!projection.empty())
      error << " (Sum<Sequential<...>, " << projection << "> has them"
            << (shrinks ? ", if the body is meant to shrink them)" : ")");
    return error;
  }
  static constexpr Shape output_shape(Shapes in) { return in[0]; }

  template <class Context>
  static void forward(const Context& c) {
    using T = typename Context::value_type;
    // std::apply, found by its argument: <tuple> would cost those who only verify a network.
    apply(
        [&](const auto&... x) {
          kernels::sum<T, sizeof...(x)>::forward(c.y.size(), {x.data...}, c.y.data);
        },
        c.x);
  }
};

/// Sum is the sum of what branches make, of equal shapes: `Sum<Sequential<Conv2d<…>, ReLU, …>, Conv2d<64,
/// 1>>`. It copies nothing: the gradient by each branch is the one by the sum.
template <class... Branches>
using Sum = Parallel<Add, Branches...>;

namespace detail {

/// branch_of is layers in a row as one branch.
template <class... Ls>
struct branch_of {
  using type = Sequential<Ls...>;
};
template <class L>
struct branch_of<L> {
  using type = L;
};

} // namespace detail

/// Residual is y = x + f(x), where f is `Layers` in a row: the block of He et al., Deep Residual Learning
/// for Image Recognition, 2015.
template <class... Layers>
using Residual = Sum<typename detail::branch_of<Layers...>::type, Identity>;

} // namespace ctnn
