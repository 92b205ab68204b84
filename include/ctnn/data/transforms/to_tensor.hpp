#pragma once

#include <cstddef>
#include <type_traits>

#include <ctnn/data/transforms/image.hpp>

namespace ctnn {

/// Bytes to floats in [0, 1]. torchvision.transforms.ToTensor
struct ToTensor {
  static constexpr Text check(ImageForm in) {
    return in.tensor ? Text("expects an image of bytes, got a tensor") : Text{};
  }
  static constexpr ImageForm output(ImageForm in) { return {in.shape, true}; }

  static void apply(const auto& in, const auto& out) {
    using T = typename std::remove_cvref_t<decltype(out)>::value_type;
    for (std::size_t i = 0; i < in.size(); ++i)
      out[i] = static_cast<T>(static_cast<float>(in[i]) / 255.0f);
  }
};

} // namespace ctnn
