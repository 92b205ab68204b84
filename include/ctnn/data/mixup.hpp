#pragma once
/// @file
/// Samples made of two, and targets that say how much of each: the classes of a picture are then shares, which
/// KLDivLoss takes, with LogSoftmax at the end of the network.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <boost/random/beta_distribution.hpp>

#include <ctnn/core/error.hpp>
#include <ctnn/core/shape.hpp>
#include <ctnn/core/text.hpp>
#include <ctnn/kernels/random.hpp>
#include <ctnn/train/dataset.hpp>

namespace ctnn {

/// MixOptions are those of Mixup and CutMix.
struct MixOptions {
  std::size_t classes; ///< of the targets: the network's outputs
  double alpha = 1; ///< shares are of Beta(alpha, alpha): 1 for uniform ones, less for extreme ones
  std::uint64_t seed = 0;  ///< with the epoch and a sample's number it says what is mixed
  std::uint32_t epoch = 0; ///< so that each mixes others
};

namespace detail {

/// Mixed is what Mixup and CutMix have in common: for each sample of `data` another one and a share.
template <class Data>
class Mixed {
public:
  /// size is the number of samples.
  std::size_t size() const { return data_.size(); }
  /// sample_shape is the shape of each input.
  Shape sample_shape() const { return detail::sample_shape(data_); }
  /// target_shape is that of the shares of all classes.
  Shape target_shape() const { return {options_.classes}; }

protected:
  Mixed(const Data& data, MixOptions options, const char* name) : data_(data), options_(options) {
    if (!(options.alpha > 0 && options.alpha <= std::numeric_limits<double>::max()))
      fail(ErrorCode::bad_argument, Sentence(name)
                                        << ": alpha must be positive, got " << options.alpha);
  }

  /// A Draw is the numbers of one sample, which are the same whenever they are drawn.
  struct Draw {
    kernels::RandomWords words;
    std::uint32_t other; // the sample that it is mixed with, perhaps itself
    double share;        // of the sample, in [0, 1]

    std::uint32_t below(std::size_t bound) {
      return kernels::bounded(words, static_cast<std::uint32_t>(bound));
    }
  };
  Draw draw(std::size_t i) const {
    struct Words { // as Boost wants them
      using result_type = std::uint32_t;
      static constexpr result_type min() { return 0; }
      static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }
      result_type operator()() { return words(); }
      kernels::RandomWords& words;
    };
    Draw numbers{
        {{options_.seed, kernels::stream::mixing}, std::uint64_t{options_.epoch} << 32 | i}, 0, 0};
    numbers.other = numbers.below(size());
    Words words{numbers.words};
    numbers.share = boost::random::beta_distribution(options_.alpha, options_.alpha)(words);
    return numbers;
  }

  /// other_input is the input of a sample in memory of the thread's own.
  template <class T>
  const T* other_input(std::size_t i) const {
    thread_local std::vector<T> memory;
    memory.resize(sample_shape().size());
    data_.read(i, memory.data());
    return memory.data();
  }

  template <class T>
  void write_shares(std::size_t i, std::size_t other, double share, T* y) const {
    std::fill_n(y, options_.classes, T(0));
    y[class_of(data_, i, options_.classes)] += static_cast<T>(share);
    y[class_of(data_, other, options_.classes)] += static_cast<T>(1 - share);
  }

  const Data& data_;
  MixOptions options_;
};

} // namespace detail

/// A Mixup is a data set seen so that each sample has another one added: x = share x_i + (1 - share) x_j, and
/// its target the same of the two classes. It refers to `data`, which has classes and may be Transformed. What
/// is mixed is a function of seed, epoch and sample, and PyTorch's `torchvision.transforms.v2.MixUp` but that
/// each sample has a share of its own. Source: H. Zhang et al., "mixup: Beyond Empirical Risk Minimization",
/// 2017.
template <class Data>
class Mixup : public detail::Mixed<Data> {
public:
  /// Makes a view of `data`. Throws `Error(bad_argument)` if alpha is not positive.
  Mixup(const Data& data, MixOptions options) : detail::Mixed<Data>(data, options, "Mixup") {}
  Mixup(const Data&&, MixOptions) = delete;

  /// read writes the input of sample `i`.
  template <class T>
  void read(std::size_t i, T* x) const {
    const auto numbers = this->draw(i);
    this->data_.read(i, x);
    const T* const other = this->template other_input<T>(numbers.other);
    const T share = static_cast<T>(numbers.share);
    for (std::size_t k = 0, size = this->sample_shape().size(); k < size; ++k)
      x[k] = share * x[k] + (1 - share) * other[k];
  }
  /// read_target writes the share of each class. Throws `Error(bad_data)` for a label that is no class.
  template <class T>
  void read_target(std::size_t i, T* y) const {
    const auto numbers = this->draw(i);
    this->write_shares(i, numbers.other, numbers.share, y);
  }
};

/// A CutMix is a data set of images seen so that each has a rectangle of another one, anywhere, of 1 - share of
/// its area before the border cuts it; targets are by the areas that are left. It refers to `data` as Mixup
/// does, and draws as that. torchvision.transforms.v2.CutMix, but that each sample has a share of its own.
/// Source: S. Yun et al., "CutMix: Regularization Strategy to Train Strong Classifiers with Localizable
/// Features", 2019.
template <class Data>
class CutMix : public detail::Mixed<Data> {
public:
  /// Makes a view of `data`. Throws `Error(bad_argument)` if alpha is not positive, or samples are no images.
  CutMix(const Data& data, MixOptions options) : detail::Mixed<Data>(data, options, "CutMix") {
    if (const Shape shape = this->sample_shape(); shape.rank != 3)
      detail::fail(ErrorCode::bad_argument, Sentence("CutMix: samples are ")
                                                << shape << ", not images {C, H, W}");
  }
  CutMix(const Data&&, MixOptions) = delete;

  /// read writes the input of sample `i`.
  template <class T>
  void read(std::size_t i, T* x) const {
    auto numbers = this->draw(i);
    const Shape shape = this->sample_shape();
    const Rectangle cut = rectangle(shape, numbers);
    this->data_.read(i, x);
    const T* const other = this->template other_input<T>(numbers.other);
    for (std::size_t c = 0; c < shape.channels(); ++c)
      for (std::size_t row = cut.top; row < cut.bottom; ++row) {
        const std::size_t line = (c * shape.height() + row) * shape.width();
        std::copy(other + line + cut.left, other + line + cut.right, x + line + cut.left);
      }
  }
  /// read_target writes the share of each class. Throws `Error(bad_data)` for a label that is no class.
  template <class T>
  void read_target(std::size_t i, T* y) const {
    auto numbers = this->draw(i);
    const Shape shape = this->sample_shape();
    const Rectangle cut = rectangle(shape, numbers);
    const double area = static_cast<double>((cut.bottom - cut.top) * (cut.right - cut.left)) /
                        static_cast<double>(shape.height() * shape.width());
    this->write_shares(i, numbers.other, 1 - area, y);
  }

private:
  struct Rectangle {
    std::size_t top, left, bottom, right; // its pixels are before bottom and right
  };
  static Rectangle rectangle(Shape shape, typename detail::Mixed<Data>::Draw& numbers) {
    const double half = std::sqrt(1 - numbers.share) / 2;
    const auto side = [&](std::size_t extent, std::size_t& begin, std::size_t& end) {
      const std::size_t middle = numbers.below(extent);
      const auto reach = static_cast<std::size_t>(half * static_cast<double>(extent));
      begin = middle - std::min(middle, reach);
      end = std::min(extent, middle + reach);
    };
    Rectangle cut;
    side(shape.width(), cut.left, cut.right); // in torchvision's order
    side(shape.height(), cut.top, cut.bottom);
    return cut;
  }
};

} // namespace ctnn
