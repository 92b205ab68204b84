// ink_on_page.
//
// The paper's brightness is modelled as a polynomial of degree two in x and y, which follows a lamp
// on one side or the vignette of a camera. It starts as the median of the border and is fitted over
// and over to the pixels that are close to it, where Otsu's threshold says what is close. What is
// far is ink, and its sign tells whether ink is darker or lighter.

#include "ink.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <ctnn/core/error.hpp>
#include <ctnn/io/message.hpp>

#include "histogram.hpp"

namespace trainer {
namespace {

// The paper ---------------------------------------------------------------------------------------

/// The brightness of the paper, a polynomial in x and y in [-1, 1].
struct Paper {
  std::array<double, 6> factor{};

  static std::array<double, 6> terms(double y, double x) { return {1, x, y, x * x, x * y, y * y}; }
  double at(double y, double x) const {
    const auto& f = factor;
    return f[0] + x * (f[1] + x * f[3]) + y * (f[2] + x * f[4] + y * f[5]);
  }
};

double coordinate(std::size_t i, std::size_t side) {
  return (2 * static_cast<double>(i) + 1) / static_cast<double>(side) - 1;
}

std::size_t distance(std::uint8_t pixel, double paper) {
  return static_cast<std::size_t>(std::min(255.0, std::abs(pixel - paper) + 0.5));
}

/// Sums for a least-squares fit, solved by Gaussian elimination.
struct NormalEquations {
  std::array<std::array<double, 7>, 6> row{};
  double samples = 0;

  void add(const std::array<double, 6>& terms, double value) {
    for (std::size_t i = 0; i < 6; ++i) {
      for (std::size_t j = 0; j < 6; ++j) row[i][j] += terms[i] * terms[j];
      row[i][6] += terms[i] * value;
    }
    ++samples;
  }

  Paper solve() {
    // Pulls slopes to 0 where samples cannot tell them, as in an image of one row. It also makes
    // the matrix positive definite: no pivoting.
    for (std::size_t i = 1; i < 6; ++i) row[i][i] += 1e-4 * samples;
    for (std::size_t pivot = 0; pivot < 6; ++pivot)
      for (std::size_t i = 0; i < 6; ++i) {
        if (i == pivot) continue;
        const double times = row[i][pivot] / row[pivot][pivot];
        for (std::size_t j = pivot; j < 7; ++j) row[i][j] -= times * row[pivot][j];
      }
    Paper paper;
    for (std::size_t i = 0; i < 6; ++i) paper.factor[i] = row[i][6] / row[i][i];
    return paper;
  }
};

Paper find_paper(const GrayImage& image) {
  constexpr std::size_t most = 256; // samples along a side: six factors need no more
  const std::size_t dy = (image.rows + most - 1) / most, dx = (image.cols + most - 1) / most;
  Paper paper{{static_cast<double>(border_median(image))}};
  const auto for_each_sample = [&](const auto& act) {
    for (std::size_t y = dy / 2; y < image.rows; y += dy)
      for (std::size_t x = dx / 2; x < image.cols; x += dx) {
        const double v = coordinate(y, image.rows), u = coordinate(x, image.cols);
        const std::uint8_t pixel = image.pixels[y * image.cols + x];
        act(v, u, pixel, distance(pixel, paper.at(v, u)));
      }
  };
  // Of 150 uneven pages, one round read 106 right and two 148; from six on no pixel changed.
  for (int round = 0; round < 6; ++round) {
    Histogram distances{};
    for_each_sample([&](double, double, std::uint8_t, std::size_t far) { ++distances[far]; });
    const std::size_t threshold = otsu(distances);
    NormalEquations equations;
    for_each_sample([&](double v, double u, std::uint8_t pixel, std::size_t far) {
      if (far <= threshold) equations.add(Paper::terms(v, u), pixel);
    });
    paper = equations.solve();
  }
  return paper;
}

} // namespace

std::uint8_t border_median(const GrayImage& image) {
  const auto& [rows, cols, pixels] = image;
  const std::size_t width = std::max<std::size_t>(1, std::min(rows, cols) / 32);
  Histogram histogram{};
  for (std::size_t y = 0; y < rows; ++y)
    for (std::size_t x = 0; x < cols; ++x)
      if (std::min({y, x, rows - 1 - y, cols - 1 - x}) < width) ++histogram[pixels[y * cols + x]];
  return static_cast<std::uint8_t>(median(histogram));
}

Ink ink_on_page(const GrayImage& image, std::string_view name) {
  const auto [darkest, lightest] = std::ranges::minmax(image.pixels);
  if (darkest == lightest)
    ctnn::io::fail(ctnn::ErrorCode::bad_data, name, "holds no digit: all pixels are alike");

  const Paper paper = find_paper(image);
  const auto for_each_pixel = [&](const auto& act) {
    for (std::size_t y = 0, i = 0; y < image.rows; ++y)
      for (std::size_t x = 0; x < image.cols; ++x, ++i) {
        const double here = paper.at(coordinate(y, image.rows), coordinate(x, image.cols));
        act(i, image.pixels[i] > here, distance(image.pixels[i], here));
      }
  };
  std::array<Histogram, 2> distances{}; // of pixels darker and lighter than the paper
  for_each_pixel([&](std::size_t, bool lighter, std::size_t far) { ++distances[lighter][far]; });
  Histogram both = distances[0];
  for (std::size_t v = 0; v < both.size(); ++v) both[v] += distances[1][v];

  const std::size_t threshold = otsu(both);
  std::array<double, 2> count{}, sum{};
  for (std::size_t side : {0u, 1u})
    for (std::size_t v = threshold + 1; v < both.size(); ++v) {
      count[side] += static_cast<double>(distances[side][v]);
      sum[side] += static_cast<double>(v * distances[side][v]);
    }
  const bool light_ink = sum[1] > sum[0];
  const double contrast = sum[light_ink] / std::max(1.0, count[light_ink]);
  // Four standard deviations of the paper's noise; 1.48 makes one of a median distance. A sixth of
  // the contrast: fainter are the waves that JPEG leaves around strokes.
  const double noise = 1.4826 * static_cast<double>(median(both, threshold));
  const double least = std::max({1.0, 4 * noise, contrast / 6});
  if (contrast < 2 * least)
    ctnn::io::fail(ctnn::ErrorCode::bad_data, name,
                   "holds no digit: nothing stands out from the paper");

  Ink ink{{image.rows, image.cols, std::vector<std::uint8_t>(image.pixels.size())}, light_ink};
  for_each_pixel([&](std::size_t i, bool lighter, std::size_t far) {
    if (lighter == light_ink && static_cast<double>(far) >= least)
      ink.depth.pixels[i] = static_cast<std::uint8_t>(far);
  });
  return ink;
}

} // namespace trainer
