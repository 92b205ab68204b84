#pragma once
/// @file
/// What joins say of branches that do not fit together.

#include <cstddef>

#include <ctnn/core/shape.hpp>
#include <ctnn/core/text.hpp>

namespace ctnn::detail {

/// write_branches says what the first branch and branch number `other` make.
constexpr void write_branches(Sentence& text, Shapes in, std::size_t other) {
  text << "its first branch makes " << in[0] << ", its ";
  constexpr StringView ordinal[]{"first", "second", "third", "fourth", "fifth", "sixth"};
  if (other < 6)
    text << ordinal[other] << " branch ";
  else
    text << "branch " << other + 1 << ' ';
  text << in[other];
}

/// projection is the convolution of one pixel that makes images of shape `to` of those of shape `from`,
/// or nothing if there is none.
constexpr Sentence projection(Shape from, Shape to) {
  Sentence text;
  if (from.rank != 3 || to.rank != 3 || to.height() > from.height() || to.size() == 0) return text;
  const std::size_t stride = (from.height() + to.height() - 1) / to.height();
  // What Conv2d<C, 1, stride(s)> makes of H rows is (H - 1) / s + 1.
  if ((from.height() - 1) / stride + 1 != to.height() ||
      (from.width() - 1) / stride + 1 != to.width())
    return text;
  text << "Conv2d<" << to.channels() << ", 1";
  if (stride > 1) text << ", stride(" << stride << ')';
  return text << '>';
}

} // namespace ctnn::detail
