#include "samples.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace trainer {
namespace {

/// The last `count` of `of`, which loses them.
template <class T>
std::vector<T> take_last(std::vector<T>& of, std::size_t count) {
  const auto first = of.end() - static_cast<std::ptrdiff_t>(count);
  std::vector<T> last(first, of.end());
  of.erase(first, of.end());
  return last;
}

/// Brings the rows of `size` elements each into that order.
template <class T>
void reorder(std::vector<T>& rows, std::size_t size, const std::vector<std::size_t>& order) {
  std::vector<T> ordered;
  ordered.reserve(rows.size());
  for (const std::size_t i : order) {
    const auto row = std::span(rows).subspan(i * size, size);
    ordered.insert(ordered.end(), row.begin(), row.end());
  }
  rows = std::move(ordered);
}

} // namespace

SampleSet::SampleSet(ctnn::Shape shape, std::vector<std::uint8_t> pixels,
                     std::vector<std::uint32_t> labels, std::vector<std::string> classes)
    : shape_(shape), pixels_(std::move(pixels)), labels_(std::move(labels)),
      classes_(std::move(classes)) {}

SampleSet::SampleSet(ctnn::Shape shape, std::vector<float> numbers,
                     std::vector<std::uint32_t> labels)
    : shape_(shape), numbers_(std::move(numbers)), labels_(std::move(labels)) {}

Normalization SampleSet::statistics() const {
  const std::size_t channels = shape_.channels(), plane = shape_.size() / channels;
  const double count = static_cast<double>(size() * plane);
  std::vector<double> mean(channels), variance(channels);
  if (pictures()) { // whole numbers: their sums are exact
    std::vector<std::uint64_t> sum(channels), squares(channels);
    for (std::size_t k = 0; k < pixels_.size(); ++k) {
      const std::uint64_t byte = pixels_[k];
      const std::size_t channel = k / plane % channels;
      sum[channel] += byte;
      squares[channel] += byte * byte;
    }
    for (std::size_t c = 0; c < channels; ++c) {
      const double bytes = static_cast<double>(sum[c]) / count;
      mean[c] = bytes / 255;
      variance[c] = (static_cast<double>(squares[c]) / count - bytes * bytes) / (255.0 * 255.0);
    }
  } else { // B. P. Welford, Technometrics 4 (1962) 419: no difference of two large sums
    std::vector<double> seen(channels);
    for (std::size_t k = 0; k < numbers_.size(); ++k) {
      const std::size_t c = k / plane % channels;
      const double off = static_cast<double>(numbers_[k]) - mean[c];
      mean[c] += off / ++seen[c];
      variance[c] += off * (static_cast<double>(numbers_[k]) - mean[c]);
    }
    for (double& sum : variance) sum /= count;
  }
  Normalization found;
  for (std::size_t c = 0; c < channels; ++c) {
    const auto std = static_cast<float>(std::sqrt(std::max(0.0, variance[c])));
    found.mean.push_back(static_cast<float>(mean[c]));
    found.std.push_back(std > 0 ? std : 1);
  }
  return found;
}

void SampleSet::normalize(const Normalization& normalization) {
  normalization_ = normalization;
  if (!pictures()) return;
  const std::size_t channels = shape_.channels();
  values_.resize(channels * 256);
  for (std::size_t k = 0; k < values_.size(); ++k)
    values_[k] = ctnn::transforms::to_tensor(static_cast<std::uint8_t>(k % 256));
  normalization.apply({channels, std::size_t{1}, std::size_t{256}}, values_.data());
}

void SampleSet::spread_classes() {
  std::vector<double> count(std::ranges::max(labels_) + std::size_t{1}), place(size());
  for (std::size_t i = 0; i < size(); ++i) place[i] = count[labels_[i]]++ + 0.5;
  for (std::size_t i = 0; i < size(); ++i) place[i] /= count[labels_[i]];
  std::vector<std::size_t> order(size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return std::pair(place[i], i); });
  reorder(labels_, 1, order);
  reorder(pixels_, pictures() ? shape_.size() : 0, order);
  reorder(numbers_, pictures() ? 0 : shape_.size(), order);
}

void SampleSet::truncate(std::size_t count) {
  if (count < size()) split_off(size() - count);
}

SampleSet SampleSet::split_off(std::size_t count) {
  SampleSet last = {shape_, std::vector<std::uint8_t>{}, take_last(labels_, count), classes_};
  last.pixels_ = take_last(pixels_, pictures() ? count * shape_.size() : 0);
  last.numbers_ = take_last(numbers_, pictures() ? 0 : count * shape_.size());
  last.normalization_ = normalization_;
  last.values_ = values_;
  return last;
}

} // namespace trainer
