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

/// suggest_projection says which convolution would bring one branch to the shape of the other, if one
/// would: the smaller image stays, because strides make images smaller.
constexpr void suggest_projection(Sentence& text, Shape first, Shape other, std::size_t index) {
  if (first.rank != 3 || other.rank != 3) return;
  const bool shrink_first = first.height() > other.height();
  const Shape from = shrink_first ? first : other, to = shrink_first ? other : first;
  const std::size_t stride = (from.height() + to.height() - 1) / to.height();
  // What Conv2d<C, 1, stride(s)> makes of H rows is (H - 1) / s + 1.
  if ((from.height() - 1) / stride + 1 != to.height() ||
      (from.width() - 1) / stride + 1 != to.width())
    return;
  text << " (such as by Conv2d<" << to.channels() << ", 1";
  if (stride > 1) text << ", stride(" << stride << ')';
  text << "> at the end of ";
  if (shrink_first)
    text << "the first)";
  else
    text << (index == 1 ? "the second)" : "the other)");
}

} // namespace ctnn::detail
