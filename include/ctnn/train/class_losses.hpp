#pragma once
/// @file
/// Losses whose targets are classes.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <ctnn/core/instruction_set.hpp>
#include <ctnn/core/layer.hpp>
#include <ctnn/core/shape.hpp>
#include <ctnn/core/text.hpp>
#include <ctnn/kernels/softmax.hpp>
#include <ctnn/layers/softmax.hpp>
#include <ctnn/train/loss.hpp>

namespace ctnn {
namespace detail::inline CTNN_INSTRUCTION_SET {

constexpr Sentence check_class_scores(Shape out, StringView loss) {
  Sentence error;
  if (out.rank != 1) error << loss << " wants a vector of class scores, and the output is " << out;
  return error;
}

/// check_class_weights is what is wrong with a loss's `weight`, or nothing.
inline Sentence check_class_weights(StringView loss, const std::vector<double>& weight, Shape out) {
  Sentence error;
  if (!weight.empty() && weight.size() != out.size())
    error << loss << ": weight has " << weight.size() << " numbers, the network " << out.size()
          << " classes";
  for (std::size_t k = 0; k < weight.size() && error.empty(); ++k)
    if (!std::isfinite(weight[k]) || weight[k] < 0)
      error << loss << ": the weight of class " << k << " is " << weight[k]
            << ", expected a number from 0 on";
  return error;
}

} // namespace detail::inline CTNN_INSTRUCTION_SET

inline namespace CTNN_INSTRUCTION_SET {

/// NLLLoss is -y[label], y being log-probabilities. torch.nn.NLLLoss
struct NLLLoss {
  std::vector<double> weight = {};      ///< what a sample of each class counts; none: 1
  std::optional<int> ignore_index = {}; ///< the label of samples that do not count

  static constexpr bool class_targets = true;
  static constexpr Gives wants = Gives::log_probabilities;
  using swallows = LogSoftmax;
  static constexpr Sentence check(Shape out) { return detail::check_class_scores(out, "NLLLoss"); }
  Sentence check_members(Shape out) const {
    return detail::check_class_weights("NLLLoss", weight, out);
  }

  template <class T>
  double sum(std::size_t n, Shape out, const T* y, const std::uint32_t* labels, double scale,
             T* dy) const {
    const std::size_t classes = out.size();
    if (dy != nullptr) std::fill_n(dy, n * classes, T{});
    double total = 0;
    for (std::size_t i = 0; i < n; ++i) {
      if (detail::ignores(*this, labels[i])) continue;
      const double counts = detail::weight_of(*this, labels[i]);
      total -= counts * static_cast<double>(y[i * classes + labels[i]]);
      if (dy != nullptr) dy[i * classes + labels[i]] = static_cast<T>(-scale * counts);
    }
    return total;
  }

  /// fused_sum is sum() with the gradient by the input of the LogSoftmax that made y, bit for bit what
  /// both would give one after the other.
  template <class T>
  double fused_sum(std::size_t n, Shape out, const T* y, const std::uint32_t* labels, double scale,
                   T* dx) const {
    if (dx != nullptr && !detail::weighs(*this))
      kernels::log_softmax_nll_backward(n, out.size(), y, labels, static_cast<T>(scale), dx);
    else if (dx != nullptr)
      for (std::size_t i = 0; i < n; ++i) {
        const std::size_t at = i * out.size();
        if (detail::ignores(*this, labels[i]))
          std::fill_n(dx + at, out.size(), T{});
        else
          kernels::log_softmax_nll_backward(
              1, out.size(), y + at, labels + i,
              static_cast<T>(scale * detail::weight_of(*this, labels[i])), dx + at);
      }
    return sum<T>(n, out, y, labels, scale, nullptr);
  }
};

/// CrossEntropyLoss is log sum exp(y) - y[label], y being any scores. torch.nn.CrossEntropyLoss
///
/// With label_smoothing it is that of a target which belongs to all classes alike by this share, and to
/// the label by the rest.
struct CrossEntropyLoss {
  std::vector<double> weight = {};      ///< what a sample of each class counts; none: 1
  std::optional<int> ignore_index = {}; ///< the label of samples that do not count
  double label_smoothing = 0;           ///< the share of a target that is spread out, 0 to 1

  static constexpr bool class_targets = true;
  static constexpr Gives wants = Gives::scores;
  static constexpr Sentence check(Shape out) {
    return detail::check_class_scores(out, "CrossEntropyLoss");
  }
  Sentence check_members(Shape out) const {
    Sentence error = detail::check_class_weights("CrossEntropyLoss", weight, out);
    if (error.empty() && !(label_smoothing >= 0 && label_smoothing <= 1))
      error << "CrossEntropyLoss: label_smoothing is " << label_smoothing << ", expected 0 to 1";
    return error;
  }

  template <class T>
  double sum(std::size_t n, Shape out, const T* y, const std::uint32_t* labels, double scale,
             T* dy) const {
    const std::size_t classes = out.size();
    const double spread = label_smoothing / static_cast<double>(classes);
    double spread_sum = 0;
    for (std::size_t k = 0; k < classes; ++k) spread_sum += spread * weight_at(k);
    double total = 0;
    for (std::size_t i = 0; i < n; ++i, y += classes) {
      if (detail::ignores(*this, labels[i])) {
        if (dy != nullptr) std::fill_n(dy + i * classes, classes, T{});
        continue;
      }
      const double of_label = (1 - label_smoothing) * weight_at(labels[i]);
      const auto target = [&](std::size_t k) {
        return (k == labels[i] ? of_label : 0) + spread * weight_at(k);
      };
      const T largest = *std::max_element(y, y + classes);
      double normalizer = 0, met = 0;
      for (std::size_t k = 0; k < classes; ++k) {
        normalizer += std::exp(static_cast<double>(y[k] - largest));
        // A score of -infinity is no loss where nothing is wanted of it.
        if (target(k) != 0) met += target(k) * static_cast<double>(y[k] - largest);
      }
      const double target_sum = of_label + spread_sum;
      total += target_sum * std::log(normalizer) - met;
      if (dy == nullptr) continue;
      for (std::size_t k = 0; k < classes; ++k) {
        const double probability = std::exp(static_cast<double>(y[k] - largest)) / normalizer;
        dy[i * classes + k] = static_cast<T>(scale * (target_sum * probability - target(k)));
      }
    }
    return total;
  }

private:
  double weight_at(std::size_t k) const { return weight.empty() ? 1 : weight[k]; }
};

} // namespace CTNN_INSTRUCTION_SET
} // namespace ctnn
