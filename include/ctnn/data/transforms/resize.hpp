#pragma once
/// @file
/// Bilinear with antialiasing, as Pillow resizes 8-bit images: src/libImaging/Resample.c.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <ctnn/core/shape.hpp>
#include <ctnn/data/transforms/image.hpp>

namespace ctnn::transforms {
namespace detail {

/// resample_bits is Pillow's fixed point: 32 bits less 8 of the pixel and 2 that other filters need.
inline constexpr int resample_bits = 22;

/// A resample_window is the pixels of an axis of `in` that make pixel `index` of the resized axis of
/// `out`.
struct resample_window {
  double support, center; // of the triangle, in pixels
  int first, end;

  constexpr resample_window(int in, int out, int index) {
    const double scale = static_cast<double>(in) / out;
    support = scale < 1 ? 1 : scale;
    center = (index + 0.5) * scale;
    first = center - support + 0.5 < 0 ? 0 : static_cast<int>(center - support + 0.5);
    end = std::min(static_cast<int>(center + support + 0.5), in);
  }
  constexpr double weight(int pixel) const {
    const double distance = (pixel - center + 0.5) * (1 / support);
    return std::max(1 - (distance < 0 ? -distance : distance), 0.0);
  }
  /// assign_weights writes the share of each pixel, in fixed point.
  constexpr void assign_weights(std::int32_t* to) const {
    double sum = 0;
    for (int pixel = first; pixel < end; ++pixel) sum += weight(pixel);
    for (int pixel = first; pixel < end; ++pixel)
      *to++ = static_cast<std::int32_t>(0.5 + weight(pixel) / sum * (1 << resample_bits));
  }
};

template <int In, int Out>
inline constexpr int resample_taps = [] {
  int most = 0;
  for (int i = 0; i < Out; ++i) {
    const resample_window window(In, Out, i);
    most = std::max(most, window.end - window.first);
  }
  return most;
}();

/// A Resampling is every output pixel as a sum over the same number of input pixels.
template <int In, int Out>
struct Resampling {
  static constexpr std::size_t taps = resample_taps<In, Out>;

  std::array<std::size_t, Out> first{};
  std::array<std::array<std::int32_t, taps>, Out> weight{};

  constexpr Resampling() {
    for (int i = 0; i < Out; ++i) {
      const resample_window window(In, Out, i);
      const int begin = std::min(window.first, In - static_cast<int>(taps));
      const auto at = static_cast<std::size_t>(i);
      window.assign_weights(weight[at].data() + (window.first - begin));
      first[at] = static_cast<std::size_t>(begin);
    }
  }
};

template <int In, int Out>
inline constexpr Resampling<In, Out> resampling{};

/// resample is the pixel from `from[0]`, `from[stride]`, … with one output pixel's weights.
constexpr std::uint8_t resample(const std::uint8_t* from, std::size_t stride, const auto& weights) {
  std::int32_t sum = 1 << (resample_bits - 1);
  for (std::size_t tap = 0; tap < weights.size(); ++tap) sum += from[tap * stride] * weights[tap];
  return static_cast<std::uint8_t>(std::min(sum >> resample_bits, 255));
}

template <std::size_t InWidth, std::size_t OutWidth>
constexpr void resize_rows(std::size_t rows, const std::uint8_t* in, std::uint8_t* out) {
  constexpr const auto& table = resampling<static_cast<int>(InWidth), static_cast<int>(OutWidth)>;
  for (std::size_t row = 0; row < rows; ++row, in += InWidth, out += OutWidth)
    for (std::size_t x = 0; x < OutWidth; ++x)
      out[x] = resample(in + table.first[x], 1, table.weight[x]);
}

template <std::size_t InHeight, std::size_t OutHeight, std::size_t Width>
constexpr void resize_columns(const std::uint8_t* in, std::uint8_t* out) {
  constexpr const auto& table = resampling<static_cast<int>(InHeight), static_cast<int>(OutHeight)>;
  for (std::size_t y = 0; y < OutHeight; ++y, out += Width)
    for (std::size_t x = 0; x < Width; ++x)
      out[x] = resample(in + table.first[y] * Width + x, Width, table.weight[y]);
}

/// for_each_window calls f(i, first pixel, weights) for each pixel i of an axis that is resized.
template <class F>
void for_each_window(std::size_t in, std::size_t out, F&& f) {
  std::vector<std::int32_t> weights;
  for (std::size_t i = 0; i < out; ++i) {
    const resample_window window(static_cast<int>(in), static_cast<int>(out), static_cast<int>(i));
    weights.resize(static_cast<std::size_t>(window.end - window.first));
    window.assign_weights(weights.data());
    f(i, static_cast<std::size_t>(window.first), weights);
  }
}

} // namespace detail

/// resize is Resize where only a run knows the size: it makes `image`, of shape `in`, one of shape `out`,
/// of as many channels.
inline std::vector<std::uint8_t> resize(std::span<const std::uint8_t> image, Shape in, Shape out) {
  const std::size_t width = out[2], rows = in[0] * in[1];
  std::vector<std::uint8_t> wide(rows * width), resized(out.size());
  detail::for_each_window(in[2], width, [&](std::size_t x, std::size_t first, const auto& weights) {
    for (std::size_t row = 0; row < rows; ++row)
      wide[row * width + x] = detail::resample(image.data() + row * in[2] + first, 1, weights);
  });
  detail::for_each_window(
      in[1], out[1], [&](std::size_t y, std::size_t first, const auto& weights) {
        for (std::size_t channel = 0; channel < out[0]; ++channel)
          for (std::size_t x = 0; x < width; ++x)
            resized[(channel * out[1] + y) * width + x] = detail::resample(
                wide.data() + (channel * in[1] + first) * width + x, width, weights);
      });
  return resized;
}

/// Resize makes an image of bytes one of another size, whatever its proportions.
/// torchvision.transforms.Resize((Height, Width)) on a Pillow image
template <int Height, int Width>
struct Resize {
  static constexpr Sentence describe() {
    return Sentence("Resize<") << Height << ", " << Width << '>';
  }
  static constexpr Sentence check(ImageForm in) {
    Sentence error = detail::expects_bytes(in);
    if (error.empty()) error = detail::check_size(Height, Width);
    if (error.empty() && in.shape[1] * static_cast<std::size_t>(Width) > detail::max_image_size)
      error << "its resized rows are " << Shape{in.shape[1], Width} << ", more than the "
            << detail::max_image_size << " elements an image may have";
    return error;
  }
  static constexpr ImageForm output(ImageForm in) { return in.resized(Height, Width); }

  /// apply resizes each row, and then each column: there is no more than one plane in between.
  template <class Pixel, Shape In, Shape Out>
  static void apply(const Planes<Pixel, In>& in, const Planes<std::uint8_t, Out>& out) {
    constexpr std::size_t height = In[1], width = In[2];
    for (std::size_t channel = 0; channel < In[0]; ++channel) {
      const std::uint8_t* const from = in.data + channel * height * width;
      std::uint8_t* const to = out.data + channel * Height * Width;
      if constexpr (height == Height && width == Width) {
        std::copy_n(from, height * width, to);
      } else if constexpr (height == Height) {
        detail::resize_rows<width, Width>(height, from, to);
      } else if constexpr (width == Width) {
        detail::resize_columns<height, Height, Width>(from, to);
      } else {
        std::uint8_t rows[height * Width];
        detail::resize_rows<width, Width>(height, from, rows);
        detail::resize_columns<height, Height, Width>(rows, to);
      }
    }
  }
};

} // namespace ctnn::transforms
