#pragma once

#include <cstddef>

#include <ctnn/data/transforms/compose.hpp>
#include <ctnn/data/transforms/number.hpp>

namespace ctnn::transforms {

/// RandomApply applies a transform, or several in a Compose, with probability P.
/// torchvision.transforms.RandomApply
template <class T, Number P = 0.5>
struct RandomApply {
  using branches = OneOf<Compose<T>, Compose<>>;

  static constexpr Sentence describe() {
    return Sentence("RandomApply<") << detail::name_of<T>() << ", " << P.value << '>';
  }
  static constexpr Sentence check(ImageForm) { return detail::check_probability(P); }

  static std::size_t choose(Random& random) { return random.chance(P) ? 0 : 1; }
};

} // namespace ctnn::transforms
