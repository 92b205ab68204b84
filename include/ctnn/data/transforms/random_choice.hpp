#pragma once

#include <cstddef>

#include <ctnn/data/transforms/compose.hpp>

namespace ctnn::transforms {

/// RandomChoice applies one of these transforms, each as likely as the others. A Compose may be among
/// them, and an empty one leaves the image as it is. torchvision.transforms.RandomChoice
template <class T, class... Others>
struct RandomChoice {
  using branches = OneOf<Compose<T>, Compose<Others>...>;

  static constexpr Sentence describe() {
    Sentence text("RandomChoice<");
    text << detail::name_of<T>();
    ((text << ", " << detail::name_of<Others>()), ...);
    return text << '>';
  }

  static std::size_t choose(Random& random) { return random.below(1 + sizeof...(Others)); }
};

} // namespace ctnn::transforms
