#include "resize.hpp"

#include <algorithm>
#include <cmath>

namespace trainer {
namespace {

/// What pixel `to` of `to_side` takes of each of `from_side`: the mean of what it covers, or where
/// pixels grow, a linear interpolation. Starts with the weight of pixel `first`.
struct Weights {
  std::size_t first = 0;
  std::vector<double> weight;

  Weights(std::size_t to, std::size_t to_side, std::size_t from_side) {
    const double scale = static_cast<double>(from_side) / static_cast<double>(to_side);
    const double low = static_cast<double>(to) * scale, high = low + scale;
    const auto clamped = [&](double at) {
      return static_cast<std::size_t>(std::clamp(at, 0.0, static_cast<double>(from_side)));
    };
    first = clamped(low - 1);
    double sum = 0;
    for (std::size_t i = first; i < clamped(high + 2); ++i) {
      const auto left = static_cast<double>(i);
      weight.push_back(std::max(0.0, scale >= 1 ? std::min(high, left + 1) - std::max(low, left)
                                                : 1 - std::abs((low + high) / 2 - (left + 0.5))));
      sum += weight.back();
    }
    for (double& w : weight) w /= sum;
  }
};

} // namespace

std::vector<double> resized(const GrayImage& image, const Box& box, std::size_t rows,
                            std::size_t cols) {
  std::vector<double> wide(box.cols() * rows), small(rows * cols);
  for (std::size_t y = 0; y < rows; ++y) {
    const Weights from(y, rows, box.rows());
    for (std::size_t k = 0; k < from.weight.size(); ++k)
      for (std::size_t x = 0; x < box.cols(); ++x)
        wide[y * box.cols() + x] +=
            from.weight[k] * image.pixels[(box.top + from.first + k) * image.cols + box.left + x];
  }
  for (std::size_t x = 0; x < cols; ++x) {
    const Weights from(x, cols, box.cols());
    for (std::size_t y = 0; y < rows; ++y)
      for (std::size_t k = 0; k < from.weight.size(); ++k)
        small[y * cols + x] += from.weight[k] * wide[y * box.cols() + from.first + k];
  }
  return small;
}

GrayImage reduced(const GrayImage& image, std::size_t longest) {
  const std::size_t side = std::max(image.rows, image.cols);
  if (side <= longest) return image;
  const auto scaled = [&](std::size_t i) {
    return std::max<std::size_t>(1, (i * longest + side / 2) / side);
  };
  GrayImage small{scaled(image.rows), scaled(image.cols), {}};
  for (const double value : resized(image, {0, 0, image.rows, image.cols}, small.rows, small.cols))
    small.pixels.push_back(static_cast<std::uint8_t>(std::lround(value)));
  return small;
}

} // namespace trainer
