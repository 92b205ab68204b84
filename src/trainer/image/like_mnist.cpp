// like_mnist: finds the digit in a picture, and makes of it what MNIST made of NIST's digits.

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <ctnn/core/error.hpp>

#include "image_file.hpp"
#include "ink.hpp"
#include "parts.hpp"
#include "resize.hpp"

namespace trainer {
namespace {

/// A way to see the picture: its ink, and the parts of it that are taken for the digit.
struct Reading {
  Ink ink;
  std::vector<Part> digit; ///< the largest first
  Box box;
  double share = 0; ///< of all ink that the largest part has
};

/// A line around the picture: it spans most of both sides, and the digit is within.
bool is_frame(const Part& part, const std::vector<Part>& parts, const GrayImage& image) {
  return 8 * part.box.rows() > 7 * image.rows && 8 * part.box.cols() > 7 * image.cols &&
         2 * part.pixels < part.box.rows() * part.box.cols() &&
         std::ranges::any_of(parts, [&](const Part& other) {
           return part.box.holds(other.box) && part.box != other.box && 4 * other.mass > part.mass;
         });
}

/// Takes for the digit all parts with at least 1/20 of the ink of the largest: the bar of a 5 has
/// more, dust has less.
std::optional<Reading> reading(Ink ink) {
  std::vector<Part> parts = parts_of(ink.depth);
  std::ranges::sort(parts, std::greater{}, &Part::mass);
  Reading result{std::move(ink), {}, {}, 0};
  std::uint64_t all = 0;
  for (const Part& part : parts) {
    if (!result.digit.empty() && 20 * part.mass < result.digit.front().mass) {
      all += part.mass;
    } else if (!is_frame(part, parts, result.ink.depth)) {
      result.box = result.digit.empty() ? part.box : result.box | part.box;
      result.digit.push_back(part);
      all += part.mass;
      continue;
    }
    erase(result.ink.depth, part);
  }
  if (result.digit.empty()) return std::nullopt;
  result.share = static_cast<double>(result.digit.front().mass) / static_cast<double>(all);
  return result;
}

bool on_border(const Part& part) { return part.on_border > 0; }

/// Looks at what stands out from its surroundings. What runs on beyond the picture is no digit: the
/// table at the edge of a sheet. The wrong one of dark and light ink is crumbs between strokes.
std::optional<Reading> read_surroundings(const GrayImage& image) {
  std::optional<Reading> best;
  for (const bool lighter : {false, true}) {
    std::optional<Reading> now = reading(ink_by_surroundings(image, lighter));
    if (now && (!best || now->share > best->share + 0.1)) best = std::move(now);
  }
  if (!best || on_border(best->digit.front()) || best->share < 0.3) return std::nullopt;
  return best;
}

/// What fills the smallest turned rectangle around it: a sheet does to 0.85 and more, what is
/// written on it not counted; the fattest 0 to pi / 4.
bool is_sheet(const Reading& page) {
  const Part& part = page.digit.front();
  return 8 * part.pixels > page.ink.depth.pixels.size() &&
         static_cast<double>(part.pixels) > 0.8 * turned_rectangle(page.ink.depth, part);
}

/// Whether `inner` was read, in the other colour, within the largest part of `sheet`.
bool is_written_on(const Reading& inner, const Reading& sheet) {
  const Box& outer = sheet.digit.front().box;
  const auto scaled = [&](std::size_t i) { // both are of the same picture
    return i * sheet.ink.depth.rows / inner.ink.depth.rows;
  };
  return inner.ink.lighter != sheet.ink.lighter &&
         outer.holds({scaled(inner.box.top), scaled(inner.box.left), scaled(inner.box.bottom),
                      scaled(inner.box.right)});
}

Reading find_digit(const GrayImage& image, std::string_view name) {
  try {
    std::optional<Reading> page = reading(ink_on_page(image, name));
    const bool cut = std::ranges::any_of(page->digit, on_border), sheet = is_sheet(*page);
    if (cut || sheet)
      if (std::optional<Reading> other = read_surroundings(image))
        if (cut || is_written_on(*other, *page)) return *std::move(other);
    return *std::move(page);
  } catch (const ctnn::Error&) {
    if (std::optional<Reading> other = read_surroundings(image)) return *std::move(other);
    throw;
  }
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

Digit like_mnist(const GrayImage& image, std::size_t rows, std::size_t cols,
                 std::string_view name) {
  // In all of MNIST the median of the border is 0 and the lightest pixel at least 254.
  if (image.rows == rows && image.cols == cols && border_median(image) < 32 &&
      std::ranges::max(image.pixels) >= 128)
    return {image, 1};

  const Reading found = find_digit(image, name);
  const Box& box = found.box;
  const double scale = std::min(static_cast<double>(rows) / static_cast<double>(box.rows()),
                                static_cast<double>(cols) / static_cast<double>(box.cols())) *
                       20 / 28;
  const auto scaled = [&](std::size_t side) {
    return static_cast<std::size_t>(std::max(1.0, std::round(static_cast<double>(side) * scale)));
  };
  const std::size_t height = scaled(box.rows()), width = scaled(box.cols());
  const std::vector<double> digit = resized(found.ink.depth, box, height, width);

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
  return {std::move(result), 1};
}

} // namespace trainer
