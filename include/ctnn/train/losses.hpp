#pragma once
// Losses, averaged over the samples of a batch (PyTorch's reduction="mean").

#include <cmath>
#include <cstddef>
#include <cstdint>

#include <ctnn/core/shape.hpp>
#include <ctnn/core/text.hpp>
#include <ctnn/kernels/simd.hpp>

namespace ctnn {

/// A loss says, for n samples of an output of shape `out` stored channels-last:
///
///     static constexpr Text check(Shape out);   what is wrong with such an output; empty = nothing
///     template <class T>
///     static double sum(n, out, const T* y, const Target* targets, double scale, T* dy);
///
/// `sum` returns the sum of the samples' losses and, where dy is not null, assigns dy = scale times
/// its gradient. Target is std::uint32_t for class indices, T for tensors.

namespace detail {

constexpr Text check_class_scores(Shape out, StringView loss) {
  Text error;
  if (out.rank != 1)
    error << loss << " wants a vector of class scores, and the network's output is " << out;
  return error;
}

} // namespace detail

/// -y[label], y being log-probabilities. torch.nn.NLLLoss
struct NLLLoss {
  static constexpr bool class_targets = true;
  static constexpr Text check(Shape out) { return detail::check_class_scores(out, "NLLLoss"); }

  template <class T>
  static double sum(std::size_t n, Shape out, const T* y, const std::uint32_t* labels, double scale,
                    T* dy) {
    const std::size_t classes = out.size();
    double total = 0;
    for (std::size_t i = 0; i < n; ++i) {
      total -= static_cast<double>(y[i * classes + labels[i]]);
      if (dy == nullptr) continue;
      for (std::size_t k = 0; k < classes; ++k) dy[i * classes + k] = 0;
      dy[i * classes + labels[i]] = static_cast<T>(-scale);
    }
    return total;
  }
};

/// NLLLoss with its gradient by the input of the LogSoftmax that made y, bit for bit what both
/// would give one after the other.
struct LogSoftmaxNLLLoss : NLLLoss {
  template <class T>
  static double sum(std::size_t n, Shape out, const T* y, const std::uint32_t* labels, double scale,
                    T* dx) {
    if (dx != nullptr) {
      const std::size_t classes = out.size();
      const T rate = static_cast<T>(scale);
      simd::for_each_vector<T>(n * classes, [=](std::size_t i, std::size_t part) {
        simd::store_first(dx + i, exp(simd::load_first(y + i, part)) * simd::vec<T>(rate), part);
      });
      for (std::size_t i = 0; i < n; ++i) dx[i * classes + labels[i]] -= rate;
    }
    return NLLLoss::sum<T>(n, out, y, labels, scale, nullptr);
  }
};

/// log sum exp(y) - y[label], y being any scores. torch.nn.CrossEntropyLoss
struct CrossEntropyLoss {
  static constexpr bool class_targets = true;
  static constexpr Text check(Shape out) {
    return detail::check_class_scores(out, "CrossEntropyLoss");
  }

  template <class T>
  static double sum(std::size_t n, Shape out, const T* y, const std::uint32_t* labels, double scale,
                    T* dy) {
    const std::size_t classes = out.size();
    double total = 0;
    for (std::size_t i = 0; i < n; ++i, y += classes) {
      T largest = y[0];
      for (std::size_t k = 1; k < classes; ++k) largest = y[k] > largest ? y[k] : largest;
      double normalizer = 0;
      for (std::size_t k = 0; k < classes; ++k)
        normalizer += std::exp(static_cast<double>(y[k] - largest));
      total += std::log(normalizer) - static_cast<double>(y[labels[i]] - largest);
      if (dy == nullptr) continue;
      for (std::size_t k = 0; k < classes; ++k) {
        const double probability = std::exp(static_cast<double>(y[k] - largest)) / normalizer;
        dy[i * classes + k] = static_cast<T>(scale * (probability - (k == labels[i] ? 1 : 0)));
      }
    }
    return total;
  }
};

/// The mean over an output's elements of (y - target)^2. torch.nn.MSELoss
struct MSELoss {
  static constexpr bool class_targets = false;
  static constexpr Text check(Shape) { return {}; }

  template <class T>
  static double sum(std::size_t n, Shape out, const T* y, const T* targets, double scale, T* dy) {
    const double weight = 1 / static_cast<double>(out.size());
    double total = 0;
    for (std::size_t i = 0; i < n * out.size(); ++i) {
      const double difference = static_cast<double>(y[i]) - static_cast<double>(targets[i]);
      total += difference * difference * weight;
      if (dy != nullptr) dy[i] = static_cast<T>(2 * difference * weight * scale);
    }
    return total;
  }
};

} // namespace ctnn
