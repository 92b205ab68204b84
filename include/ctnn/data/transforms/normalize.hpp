#pragma once

#include <cstddef>
#include <type_traits>

#include <ctnn/data/transforms/image.hpp>
#include <ctnn/data/transforms/number.hpp>

namespace ctnn::transforms {

/// normalize is what Normalize makes of one element.
constexpr float normalize(float x, float mean, float std) { return (x - mean) / std; }

/// Normalize makes (x - Mean) / Std of each element of a tensor; both are one number for all channels
/// or a std::array with one for each. torchvision.transforms.Normalize
template <auto Mean, auto Std>
struct Normalize {
  static constexpr bool in_place = true;

  static constexpr Sentence check(ImageForm in) {
    const std::size_t channels = in.shape.channels();
    if (const Sentence what = detail::expects_tensor(in); !what.empty()) return what;
    if (const Sentence what = detail::check_channels<Mean>("mean", channels); !what.empty())
      return what;
    if (const Sentence what = detail::check_channels<Std>("std", channels); !what.empty())
      return what;
    for (std::size_t c = 0; c < channels; ++c)
      if (!(static_cast<float>(detail::of_channel<Std>(c)) > 0))
        return Sentence("std must be above 0, got ") << detail::of_channel<Std>(c);
    return {};
  }

  static void apply(const auto& in, const auto& out) {
    using T = typename std::remove_cvref_t<decltype(out)>::value_type;
    const std::size_t plane = in.height * in.width;
    for (std::size_t c = 0; c < in.channels; ++c) {
      const auto mean = static_cast<float>(detail::of_channel<Mean>(c));
      const auto std = static_cast<float>(detail::of_channel<Std>(c));
      for (std::size_t i = c * plane; i < (c + 1) * plane; ++i)
        out[i] = static_cast<T>(normalize(static_cast<float>(in[i]), mean, std));
    }
  }
};

} // namespace ctnn::transforms
