// like_mnist: makes of a picture what MNIST made of NIST's digits.

#include <algorithm>
#include <cmath>
#include <span>

#include "image_file.hpp"
#include "ink.hpp"

namespace trainer {
namespace {

/// From top and left up to, without, bottom and right.
struct Box {
  std::size_t top, left, bottom, right;

  std::size_t rows() const { return bottom - top; }
  std::size_t cols() const { return right - left; }
  Box operator|(const Box& o) const {
    return {std::min(top, o.top), std::min(left, o.left), std::max(bottom, o.bottom),
            std::max(right, o.right)};
  }
};

/// The box of all connected parts (also by a corner) with at least 1/20 of the ink of the largest:
/// the bar of a 5 has more, dust has less.
Box find_digit(const GrayImage& ink) {
  struct Part {
    Box box;
    std::uint64_t mass;
  };
  std::vector<Part> parts;
  std::vector<bool> seen(ink.pixels.size());
  std::vector<std::size_t> open;
  const auto visit = [&](std::size_t i) {
    if (ink.pixels[i] == 0 || seen[i]) return;
    seen[i] = true;
    open.push_back(i);
  };
  for (std::size_t start = 0; start < ink.pixels.size(); ++start) {
    visit(start);
    if (open.empty()) continue;
    const std::size_t top = start / ink.cols, left = start % ink.cols;
    Part part{{top, left, top + 1, left + 1}, 0};
    while (!open.empty()) {
      const std::size_t i = open.back(), y = i / ink.cols, x = i % ink.cols;
      open.pop_back();
      part.box = part.box | Box{y, x, y + 1, x + 1};
      part.mass += ink.pixels[i];
      for (std::size_t near_y = y - (y > 0); near_y <= std::min(y + 1, ink.rows - 1); ++near_y)
        for (std::size_t near_x = x - (x > 0); near_x <= std::min(x + 1, ink.cols - 1); ++near_x)
          visit(near_y * ink.cols + near_x);
    }
    parts.push_back(part);
  }
  const Part largest = *std::ranges::max_element(parts, {}, &Part::mass);
  Box box = largest.box;
  for (const Part& part : parts)
    if (20 * part.mass >= largest.mass) box = box | part.box;
  return box;
}

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

/// The part `box` of the image, brought to the given size, row-major.
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

/// Where a line of `side` masses must start in one of `room` for their centre of mass to fall on
/// its pixel room / 2, as in MNIST, or as near to it as all of it fits in.
std::size_t start_of(std::span<const double> masses, std::size_t room) {
  double mass = 0, moment = 0;
  for (std::size_t i = 0; i < masses.size(); ++i) {
    mass += masses[i];
    moment += static_cast<double>(i) * masses[i];
  }
  const double start = std::round(static_cast<double>(room / 2) - moment / mass);
  return static_cast<std::size_t>(
      std::clamp(start, 0.0, static_cast<double>(room - masses.size())));
}

} // namespace

GrayImage like_mnist(const GrayImage& image, std::size_t rows, std::size_t cols,
                     std::string_view name) {
  // In all of MNIST the median of the border is 0 and the lightest pixel at least 254.
  if (image.rows == rows && image.cols == cols && border_median(image) < 32 &&
      std::ranges::max(image.pixels) >= 128)
    return image;

  const GrayImage ink = find_ink(image, name);
  const Box box = find_digit(ink);
  const double scale = std::min(static_cast<double>(rows) / static_cast<double>(box.rows()),
                                static_cast<double>(cols) / static_cast<double>(box.cols())) *
                       20 / 28;
  const auto scaled = [&](std::size_t side) {
    return static_cast<std::size_t>(std::max(1.0, std::round(static_cast<double>(side) * scale)));
  };
  const std::size_t height = scaled(box.rows()), width = scaled(box.cols());
  const std::vector<double> digit = resized(ink, box, height, width);

  std::vector<double> row_mass(height), col_mass(width);
  for (std::size_t i = 0; i < digit.size(); ++i) {
    row_mass[i / width] += digit[i];
    col_mass[i % width] += digit[i];
  }
  const std::size_t top = start_of(row_mass, rows), left = start_of(col_mass, cols);
  // In MNIST the strokes of every digit reach white; a thin pen's would be grey by now.
  const double gain = 255 / std::ranges::max(digit);
  GrayImage result{rows, cols, std::vector<std::uint8_t>(rows * cols)};
  for (std::size_t i = 0; i < digit.size(); ++i)
    result.pixels[(top + i / width) * cols + left + i % width] =
        static_cast<std::uint8_t>(std::lround(digit[i] * gain));
  return result;
}

} // namespace trainer
