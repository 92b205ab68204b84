#pragma once
// What values an option or a field of a saved state may have.

#include <cstdint>
#include <string>

#include <fmt/format.h>

namespace trainer {

/// The numbers from `low` to `high`, both included.
struct Whole {
  std::uint64_t low, high;

  bool holds(std::uint64_t value) const { return value >= low && value <= high; }
  std::string bounds() const { return fmt::format("{} to {}", low, high); }
  std::string text() const { return fmt::format("a whole number from {}", bounds()); }
};

/// The numbers between `low` and `high`, without `high`.
struct Real {
  double low, high;
  bool low_too = false;

  bool holds(double value) const { // NaN and infinities are outside
    return (low_too ? value >= low : value > low) && value < high;
  }
  std::string bounds() const {
    return fmt::format("{}{:g}, {:g})", low_too ? '[' : '(', low, high);
  }
  std::string text() const { return fmt::format("a number in {}", bounds()); }
};

/// Both truth values; on the command line, the flag `--name` or `--no-name` gives one of them.
struct Flag {
  bool given;
};

/// Every enumerator, by its word (words.hpp).
struct Word {};

} // namespace trainer
