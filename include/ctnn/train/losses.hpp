#pragma once
/// @file
/// Losses, averaged over the samples of a batch (PyTorch's reduction="mean").

#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <ctnn/core/instruction_set.hpp>
#include <ctnn/core/layer.hpp>
#include <ctnn/core/shape.hpp>
#include <ctnn/core/text.hpp>
#include <ctnn/kernels/softmax.hpp>
#include <ctnn/layers/softmax.hpp>

namespace ctnn {

/// A Loss is what training makes smaller: its mean over the samples of a batch (PyTorch's
/// reduction="mean"). A loss says
///
///     static constexpr bool class_targets;         whether targets are classes, or tensors like y
///     static constexpr Sentence check(Shape out);  what is wrong with such an output, or nothing
///     template <class T>
///     double sum(std::size_t n, Shape out, const T* y, const Target* targets, double scale,
///                T* dy) const;                        may be static, if the loss has no state
///
/// where `y` is n outputs of shape `out`, stored channels-last. `sum` returns the sum of their losses
/// and, where dy is not null, assigns dy = scale times its gradient. Target is std::uint32_t for
/// classes, T for tensors. A loss may go backward as one with the last layer L of a network:
///
///     using swallows = L;
///     template <class T>
///     double fused_sum(… as sum, but the gradient is by the input of L …) const;
///
/// It may say what the last layer has to give (Gives):
///
///     static constexpr Gives wants;
///
/// What it has as members, such as a delta, is said where the Trainer is made: `Huber{.delta = 2}`.
template <class L, class T = float>
concept Loss = requires(const L& loss, std::size_t n, Shape out, const T* y,
                        const std::conditional_t<bool(L::class_targets), std::uint32_t, T>* targets,
                        T* dy) {
  { L::check(out) } -> std::convertible_to<Sentence>;
  { loss.template sum<T>(n, out, y, targets, 1.0, dy) } -> std::convertible_to<double>;
};

namespace detail {

constexpr Sentence check_class_scores(Shape out, StringView loss) {
  Sentence error;
  if (out.rank != 1) error << loss << " wants a vector of class scores, and the output is " << out;
  return error;
}

} // namespace detail

inline namespace CTNN_INSTRUCTION_SET {

/// NLLLoss is -y[label], y being log-probabilities. torch.nn.NLLLoss
struct NLLLoss {
  static constexpr bool class_targets = true;
  static constexpr Gives wants = Gives::log_probabilities;
  using swallows = LogSoftmax;
  static constexpr Sentence check(Shape out) { return detail::check_class_scores(out, "NLLLoss"); }

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

  /// fused_sum is sum() with the gradient by the input of the LogSoftmax that made y, bit for bit what
  /// both would give one after the other.
  template <class T>
  static double fused_sum(std::size_t n, Shape out, const T* y, const std::uint32_t* labels,
                          double scale, T* dx) {
    if (dx != nullptr)
      kernels::log_softmax_nll_backward(n, out.size(), y, labels, static_cast<T>(scale), dx);
    return sum<T>(n, out, y, labels, scale, nullptr);
  }
};

/// CrossEntropyLoss is log sum exp(y) - y[label], y being any scores. torch.nn.CrossEntropyLoss
struct CrossEntropyLoss {
  static constexpr bool class_targets = true;
  static constexpr Gives wants = Gives::scores;
  static constexpr Sentence check(Shape out) {
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

/// MSELoss is the mean over an output's elements of (y - target)^2. torch.nn.MSELoss
struct MSELoss {
  static constexpr bool class_targets = false;
  static constexpr Sentence check(Shape) { return {}; }

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

} // namespace CTNN_INSTRUCTION_SET
} // namespace ctnn
