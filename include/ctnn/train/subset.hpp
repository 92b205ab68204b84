#pragma once
/// @file
/// Some of a data set's samples as a data set, and a random split into several.

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include <ctnn/core/error.hpp>
#include <ctnn/core/shape.hpp>
#include <ctnn/core/text.hpp>
#include <ctnn/kernels/random.hpp>
#include <ctnn/train/dataset.hpp>

namespace ctnn {

/// A Subset is some samples of `data`, which it refers to: its sample i is that number `indices[i]`. It
/// has those members that `Data` has. torch.utils.data.Subset
template <class Data>
class Subset {
public:
  /// Makes a view of these samples. Throws `Error(bad_argument)` for an index past the end.
  Subset(const Data& data, std::vector<std::uint32_t> indices)
      : data_(&data), indices_(std::move(indices)) {
    for (const std::uint32_t index : indices_)
      if (index >= data.size())
        detail::fail(ErrorCode::bad_argument, Sentence("Subset: sample ")
                                                  << index << " of a data set of " << data.size());
  }
  Subset(const Data&&, std::vector<std::uint32_t>) = delete;

  /// size is the number of samples.
  std::size_t size() const { return indices_.size(); }
  /// indices are the numbers of the samples in the whole data set.
  std::span<const std::uint32_t> indices() const { return indices_; }

  /// sample_shape is the shape of each input.
  Shape sample_shape() const { return detail::sample_shape(*data_); }
  /// read writes the input of sample `i`.
  template <class T>
  void read(std::size_t i, T* x) const {
    data_->read(indices_[i], x);
  }
  /// label returns the class of sample `i`.
  auto label(std::size_t i) const requires requires(const Data& data) { data.label(i); }
  { return data_->label(indices_[i]); }
  /// target_shape is the shape of each wanted output.
  Shape target_shape() const requires detail::HasTargetShape<Data> {
    return detail::target_shape(*data_);
  }
  /// read_target writes the wanted output of sample `i`.
  template <class T>
    requires requires(const Data& data, T* y) { data.read_target(std::size_t{}, y); }
  void read_target(std::size_t i, T* y) const { data_->read_target(indices_[i], y); }
  /// pixels returns the bytes of image `i`, for Transformed.
  auto pixels(std::size_t i) const requires requires(const Data& data) { data.pixels(i); }
  { return data_->pixels(indices_[i]); }
  /// rows is the height of each image in pixels.
  std::size_t rows() const requires requires(const Data& data) { data.rows(); }
  { return data_->rows(); }
  /// cols is the width of each image in pixels.
  std::size_t cols() const requires requires(const Data& data) { data.cols(); }
  { return data_->cols(); }

private:
  const Data* data_;
  std::vector<std::uint32_t> indices_;
};

/// random_split deals the samples of `data` out to subsets of these lengths, each sample to one:
/// `const auto [train, validation] = random_split(data, {54'000, 6'000}, seed);`. Throws
/// `Error(bad_argument)` unless the lengths add up to the number of samples.
/// torch.utils.data.random_split
template <class Data, std::size_t N>
std::array<Subset<Data>, N> random_split(const Data& data, const std::size_t (&lengths)[N],
                                         std::uint64_t seed = 0) {
  std::size_t sum = 0;
  for (const std::size_t length : lengths) sum += length;
  if (sum != data.size() || sum > std::numeric_limits<std::uint32_t>::max())
    detail::fail(ErrorCode::bad_argument, Sentence("random_split: lengths of ")
                                              << sum << " in all, of a data set of "
                                              << data.size());
  std::vector<std::uint32_t> order(sum);
  std::iota(order.begin(), order.end(), 0u);
  kernels::shuffle(kernels::RandomKey{seed, kernels::stream::splitting}, 0,
                   std::span<std::uint32_t>(order));
  auto next = order.cbegin();
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    return std::array<Subset<Data>, N>{[&](std::size_t length) {
      const auto first = std::exchange(next, next + static_cast<std::ptrdiff_t>(length));
      return Subset<Data>(data, {first, next});
    }(lengths[I])...};
  }
  (std::make_index_sequence<N>{});
}
template <class Data, std::size_t N>
void random_split(const Data&&, const std::size_t (&)[N], std::uint64_t = 0) = delete;

} // namespace ctnn
