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
  Shape shape;         ///< {channels, height, width}
  bool tensor = false; ///< whether it is a tensor, or bytes

  /// resized is the same form with other rows and columns.
  constexpr ImageForm resized(int height, int width) const {
    return {{shape[0], height, width}, tensor};
  }
  /// Forms are equal if shape and type are.
  friend constexpr bool operator==(const ImageForm&, const ImageForm&) = default;
};

/// Planes are the pixels of one image, [channel][row][column], that somebody else owns.
template <class T, Shape S>
struct Planes {
  using value_type = T;             ///< std::uint8_t, float or double; const for an input
  static constexpr Shape shape = S; ///< {channels, height, width}
  static constexpr std::size_t channels = S[0]; ///< the number of planes
  static constexpr std::size_t height = S[1];   ///< in pixels
  static constexpr std::size_t width = S[2];    ///< in pixels

  T* data = nullptr; ///< the first pixel

  /// size is the number of pixels of all planes.
  static constexpr std::size_t size() { return S.size(); }
  /// Returns pixel `i` in memory.
  constexpr T& operator[](std::size_t i) const { return data[i]; }
  /// Returns the pixel of a channel in a row and column.
  constexpr T& operator()(std::size_t channel, std::size_t row, std::size_t column) const {
    return data[(channel * height + row) * width + column];
  }
};

namespace detail {

/// max_image_size is the most elements that an image may have. While images are transformed a thread
/// keeps two of bytes and two of floats, together at most 2.5 MiB in float.
inline constexpr std::size_t max_image_size = std::size_t{1} << 18;

/// copy_image assigns `in` to `out`; it does nothing where they are one.
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
