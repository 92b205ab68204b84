#pragma once
/// @file
/// What flows through a pipeline: an image in planes, [channel][row][column].

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <ctnn/core/shape.hpp>
#include <ctnn/core/text.hpp>

namespace ctnn::transforms {

/// An ImageForm is an image's type: its shape {channels, height, width}, and whether it is a tensor of
/// floats, as ToTensor makes it, or still the bytes that Pillow has.
struct ImageForm {
  Shape shape;
  bool tensor = false;

  /// resized is the same form with other rows and columns.
  constexpr ImageForm resized(int height, int width) const {
    return {{shape[0], height, width}, tensor};
  }
  friend constexpr bool operator==(const ImageForm&, const ImageForm&) = default;
};

/// Planes are the pixels of one image, [channel][row][column], that somebody else owns.
template <class T, Shape S>
struct Planes {
  using value_type = T;
  static constexpr Shape shape = S;
  static constexpr std::size_t channels = S[0];
  static constexpr std::size_t height = S[1];
  static constexpr std::size_t width = S[2];

  T* data = nullptr;

  static constexpr std::size_t size() { return S.size(); }
  constexpr T& operator[](std::size_t i) const { return data[i]; }
  constexpr T& operator()(std::size_t channel, std::size_t row, std::size_t column) const {
    return data[(channel * height + row) * width + column];
  }
};

namespace detail {

/// Images lie on the stack while they are transformed: two of bytes, two of floats, together at most
/// 2.5 MiB in float.
inline constexpr std::size_t max_image_size = std::size_t{1} << 18;

/// Does nothing where `out` is `in`.
constexpr void copy_image(const auto& in, const auto& out) {
  if (in.data != out.data) std::copy_n(in.data, in.size(), out.data);
}

constexpr Sentence expects_bytes(ImageForm in) {
  return in.tensor ? Sentence("expects an image of bytes (put it before ToTensor)") : Sentence{};
}
constexpr Sentence expects_tensor(ImageForm in) {
  return in.tensor ? Sentence{} : Sentence("expects a tensor (put ToTensor before it)");
}
constexpr Sentence check_size(int height, int width) {
  Sentence error;
  if (height < 1 || width < 1) error << "size must be at least 1x1, got " << Size2d{height, width};
  return error;
}

} // namespace detail
} // namespace ctnn::transforms
