#include "parts.hpp"

#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

namespace trainer {
namespace {

/// Accepts each pixel that is not 0 once.
class Unseen {
public:
  explicit Unseen(const GrayImage& image) : pixels_(image.pixels), seen_(pixels_.size()) {}
  bool operator()(std::size_t i) {
    const bool first = pixels_[i] != 0 && !seen_[i];
    if (first) seen_[i] = true;
    return first;
  }

private:
  const std::vector<std::uint8_t>& pixels_;
  std::vector<bool> seen_;
};

/// Calls act(i, y, x) for each pixel from `start` on that is connected by pixels which `take(i)`
/// accepts; it must accept each only once.
template <class Take, class Act>
void flood(const GrayImage& image, std::size_t start, Take&& take, Act act) {
  const auto& [rows, cols, pixels] = image;
  std::vector<std::size_t> open;
  const auto visit = [&](std::size_t i) {
    if (take(i)) open.push_back(i);
  };
  visit(start);
  while (!open.empty()) {
    const std::size_t i = open.back(), y = i / cols, x = i % cols;
    open.pop_back();
    act(i, y, x);
    for (std::size_t near_y = y - (y > 0); near_y <= std::min(y + 1, rows - 1); ++near_y)
      for (std::size_t near_x = x - (x > 0); near_x <= std::min(x + 1, cols - 1); ++near_x)
        visit(near_y * cols + near_x);
  }
}

} // namespace

std::vector<Part> parts_of(const GrayImage& image) {
  std::vector<Part> parts;
  Unseen unseen(image);
  for (std::size_t start = 0; start < image.pixels.size(); ++start) {
    Part part{.box = {image.rows, image.cols, 0, 0}, .first = start};
    flood(image, start, unseen, [&](std::size_t i, std::size_t y, std::size_t x) {
      part.box = part.box | Box{y, x, y + 1, x + 1};
      part.mass += image.pixels[i];
      ++part.pixels;
      part.on_border += y == 0 || x == 0 || y + 1 == image.rows || x + 1 == image.cols;
    });
    if (part.pixels > 0) parts.push_back(part);
  }
  return parts;
}

std::vector<Span> spans_of(const GrayImage& image, const Part& part) {
  std::vector<Span> spans(image.rows, Span{image.cols, 0});
  flood(image, part.first, Unseen(image), [&](std::size_t, std::size_t y, std::size_t x) {
    spans[y] = {std::min(spans[y].first, x), std::max(spans[y].last, x + 1)};
  });
  return spans;
}

double turned_rectangle(const std::vector<Span>& spans) {
  constexpr double infinite = std::numeric_limits<double>::infinity();
  double least = infinite;
  for (int degrees = 0; degrees < 90; degrees += 3) {
    const double angle = degrees * std::numbers::pi / 180;
    double low_u = infinite, high_u = -infinite, low_v = infinite, high_v = -infinite;
    for (std::size_t row = 0; row < spans.size(); ++row) {
      const auto [first, last] = spans[row];
      if (first >= last) continue;
      for (const std::size_t corner_row : {row, row + 1})
        for (const std::size_t corner_col : {first, last}) {
          const auto y = static_cast<double>(corner_row), x = static_cast<double>(corner_col);
          const double u = x * std::cos(angle) + y * std::sin(angle);
          const double v = y * std::cos(angle) - x * std::sin(angle);
          low_u = std::min(low_u, u), high_u = std::max(high_u, u);
          low_v = std::min(low_v, v), high_v = std::max(high_v, v);
        }
    }
    least = std::min(least, (high_u - low_u) * (high_v - low_v));
  }
  return least;
}

void erase(GrayImage& image, const Part& part) {
  const auto take = [&](std::size_t i) {
    return std::exchange(image.pixels[i], std::uint8_t{0}) > 0;
  };
  flood(image, part.first, take, [](std::size_t, std::size_t, std::size_t) {});
}

} // namespace trainer
