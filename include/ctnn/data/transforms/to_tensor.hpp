#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <ctnn/data/transforms/image.hpp>

namespace ctnn::transforms {

/// to_tensor is what ToTensor makes of one byte.
constexpr float to_tensor(std::uint8_t byte) { return static_cast<float>(byte) / 255.0f; }

/// ToTensor makes an image of bytes a tensor of floats in [0, 1]. torchvision.transforms.ToTensor
struct ToTensor {
  static constexpr Sentence check(ImageForm in) {
    return in.tensor ? Sentence("expects an image of bytes, got a tensor") : Sentence{};
  }
  static constexpr ImageForm output(ImageForm in) { return {in.shape, true}; }

  static void apply(const auto& in, const auto& out) {
    using T = typename std::remove_cvref_t<decltype(out)>::value_type;
    for (std::size_t i = 0; i < in.size(); ++i) out[i] = static_cast<T>(to_tensor(in[i]));
  }
};

} // namespace ctnn::transforms
