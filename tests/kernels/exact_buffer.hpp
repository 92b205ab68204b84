#pragma once
// What the tests of the small kernels share: buffers that show a kernel's mistakes, and
// comparisons.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <vector>

namespace ctnn::test {

/// What an element is before it is written: NaN, or the largest whole number.
template <class T>
inline constexpr T unset = std::numeric_limits<T>::has_quiet_NaN
                               ? std::numeric_limits<T>::quiet_NaN()
                               : std::numeric_limits<T>::max();
template <class T>
bool is_unset(T value) {
  return std::numeric_limits<T>::has_quiet_NaN ? value != value : value == unset<T>;
}

/// `size` elements that begin `offset` elements into an allocation and end where it ends: so
/// AddressSanitizer sees one element too many. All start as unset, so an element not written shows.
template <class T>
class ExactBuffer {
public:
  explicit ExactBuffer(std::size_t size, std::size_t offset = 0)
      : elements_(offset + size, unset<T>), offset_(offset) {}
  ExactBuffer(const std::vector<T>& values, std::size_t offset = 0)
      : ExactBuffer(values.size(), offset) {
    std::copy(values.begin(), values.end(), data());
  }

  T* data() { return elements_.data() + offset_; }
  const T* data() const { return elements_.data() + offset_; }
  std::size_t size() const { return elements_.size() - offset_; }
  T& operator[](std::size_t i) { return data()[i]; }
  T operator[](std::size_t i) const { return data()[i]; }
  std::vector<T> values() const { return {data(), data() + size()}; }

  /// Whether what lies before the buffer is as it was.
  bool start_untouched() const { return std::all_of(elements_.data(), data(), is_unset<T>); }

private:
  std::vector<T> elements_;
  std::size_t offset_;
};

/// Normal numbers times `scale`.
template <class T>
std::vector<T> random_values(std::size_t size, unsigned seed, double scale = 1) {
  std::mt19937 engine(seed);
  std::normal_distribution<double> normal;
  std::vector<T> values(size);
  for (T& value : values) value = static_cast<T>(scale * normal(engine));
  return values;
}

/// Equal element by element, where NaN equals NaN.
template <class A, class B>
bool same(const A& actual, const B& expected) {
  if (actual.size() != expected.size()) return false;
  for (std::size_t i = 0; i < expected.size(); ++i)
    if (!(actual[i] == expected[i] || (std::isnan(actual[i]) && std::isnan(expected[i]))))
      return false;
  return true;
}

/// The largest |actual - expected| / max(|expected|, floor); infinite if the sizes differ or
/// anything is NaN.
template <class A, class B>
double error(const A& actual, const B& expected, double floor) {
  if (actual.size() != expected.size()) return std::numeric_limits<double>::infinity();
  double largest = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double size = std::max(std::abs(static_cast<double>(expected[i])), floor);
    const double difference =
        std::abs(static_cast<double>(actual[i]) - static_cast<double>(expected[i])) / size;
    if (std::isnan(difference)) return std::numeric_limits<double>::infinity();
    largest = std::max(largest, difference);
  }
  return largest;
}

/// The largest |actual - expected| over the largest |expected|.
template <class A, class B>
double error(const A& actual, const B& expected) {
  double largest = 0;
  for (const auto& value : expected)
    largest = std::max(largest, std::abs(static_cast<double>(value)));
  return error(actual, expected, largest);
}

} // namespace ctnn::test
