#pragma once
/// @file
/// Losses whose targets are tensors of the output's shape, element by element.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <ctnn/core/instruction_set.hpp>
#include <ctnn/core/layer.hpp>
#include <ctnn/core/shape.hpp>
#include <ctnn/core/text.hpp>

namespace ctnn {
namespace detail::inline CTNN_INSTRUCTION_SET {

/// An ElementLoss is the loss of one element, and its derivative by the output.
struct ElementLoss {
  double value, slope;
};

/// sum_elements is a loss's sum(): `share` times the sum of f(output, target, index) over all elements.
template <class T, class F>
double sum_elements(std::size_t size, double share, const T* y, const T* targets, double scale,
                    T* dy, F&& f) {
  double total = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const auto [value, slope] = f(static_cast<double>(y[i]), static_cast<double>(targets[i]), i);
    total += value * share;
    if (dy != nullptr) dy[i] = static_cast<T>(slope * share * scale);
  }
  return total;
}

/// mean_of_elements is that of losses whose loss of a sample is the mean over its elements.
template <class T, class F>
double mean_of_elements(std::size_t n, Shape out, const T* y, const T* targets, double scale, T* dy,
                        F&& f) {
  const double share = 1 / static_cast<double>(out.size());
  return sum_elements(n * out.size(), share, y, targets, scale, dy, f);
}

/// huber is d^2/2 up to delta, and goes on as a line: HuberLoss, and delta times SmoothL1Loss.
inline ElementLoss huber(double d, double delta) {
  const double far = std::abs(d);
  return {far <= delta ? d * d / 2 : delta * (far - delta / 2), std::clamp(d, -delta, delta)};
}

inline ElementLoss distance(double d) {
  return {std::abs(d), static_cast<double>((d > 0) - (d < 0))};
}

} // namespace detail::inline CTNN_INSTRUCTION_SET

inline namespace CTNN_INSTRUCTION_SET {

/// MSELoss is the mean over an output's elements of (y - target)^2. torch.nn.MSELoss
struct MSELoss {
  static constexpr bool class_targets = false;
  static constexpr Sentence check(Shape) { return {}; }

  template <class T>
  static double sum(std::size_t n, Shape out, const T* y, const T* targets, double scale, T* dy) {
    return detail::mean_of_elements(n, out, y, targets, scale, dy,
                                    [](double a, double b, std::size_t) {
                                      return detail::ElementLoss{(a - b) * (a - b), 2 * (a - b)};
                                    });
  }
};

/// L1Loss is the mean over an output's elements of |y - target|; the gradient at 0 is 0.
/// torch.nn.L1Loss
struct L1Loss {
  static constexpr bool class_targets = false;
  static constexpr Sentence check(Shape) { return {}; }

  template <class T>
  static double sum(std::size_t n, Shape out, const T* y, const T* targets, double scale, T* dy) {
    return detail::mean_of_elements(
        n, out, y, targets, scale, dy,
        [](double a, double b, std::size_t) { return detail::distance(a - b); });
  }
};

/// HuberLoss is the mean over an output's elements of d^2/2 where |d| is at most delta, and of
/// delta (|d| - delta/2) beyond it, d being y - target. torch.nn.HuberLoss
struct HuberLoss {
  double delta = 1; ///< from where on it grows as a line, above 0

  static constexpr bool class_targets = false;
  static constexpr Sentence check(Shape) { return {}; }
  Sentence check_members(Shape) const {
    Sentence error;
    if (!(delta > 0)) error << "HuberLoss: delta is " << delta << ", expected a number above 0";
    return error;
  }

  template <class T>
  double sum(std::size_t n, Shape out, const T* y, const T* targets, double scale, T* dy) const {
    return detail::mean_of_elements(
        n, out, y, targets, scale, dy,
        [this](double a, double b, std::size_t) { return detail::huber(a - b, delta); });
  }
};

/// SmoothL1Loss is HuberLoss with delta = beta, divided by beta; L1Loss if beta is 0.
/// torch.nn.SmoothL1Loss
struct SmoothL1Loss {
  double beta = 1; ///< from where on it grows as |y - target|, from 0 on

  static constexpr bool class_targets = false;
  static constexpr Sentence check(Shape) { return {}; }
  Sentence check_members(Shape) const {
    Sentence error;
    if (!(beta >= 0)) error << "SmoothL1Loss: beta is " << beta << ", expected a number from 0 on";
    return error;
  }

  template <class T>
  double sum(std::size_t n, Shape out, const T* y, const T* targets, double scale, T* dy) const {
    return detail::mean_of_elements(n, out, y, targets, scale, dy,
                                    [this](double a, double b, std::size_t) {
                                      if (beta == 0) return detail::distance(a - b);
                                      const auto [value, slope] = detail::huber(a - b, beta);
                                      return detail::ElementLoss{value / beta, slope / beta};
                                    });
  }
};

/// BCEWithLogitsLoss is the mean over an output's elements of the cross-entropy of sigmoid(y) to a
/// target in [0, 1]: -pos_weight target log sigmoid(y) - (1 - target) log(1 - sigmoid(y)).
/// torch.nn.BCEWithLogitsLoss
struct BCEWithLogitsLoss {
  std::vector<double> pos_weight = {}; ///< one for each channel of the output, or for all; none: 1

  static constexpr bool class_targets = false;
  static constexpr Gives wants = Gives::scores;
  static constexpr Sentence check(Shape) { return {}; }
  Sentence check_members(Shape out) const {
    Sentence error;
    if (pos_weight.size() > 1 && pos_weight.size() != out.channels())
      error << "BCEWithLogitsLoss: pos_weight has " << pos_weight.size()
            << " numbers, the output has " << out.channels() << " channels";
    for (const double positive : pos_weight)
      if (error.empty() && (!std::isfinite(positive) || positive < 0))
        error << "BCEWithLogitsLoss: a pos_weight is " << positive
              << ", expected numbers from 0 on";
    return error;
  }

  template <class T>
  double sum(std::size_t n, Shape out, const T* y, const T* targets, double scale, T* dy) const {
    return detail::mean_of_elements(
        n, out, y, targets, scale, dy, [this](double score, double wanted, std::size_t i) {
          const double positive = pos_weight.empty() ? 1 : pos_weight[i % pos_weight.size()];
          const double counts = wanted * positive + (1 - wanted);
          // -log sigmoid(score), in the form that does not overflow.
          const double missed = std::log1p(std::exp(-std::abs(score))) + std::max(-score, 0.0);
          return detail::ElementLoss{(1 - wanted) * score + counts * missed,
                                     1 - wanted - counts / (1 + std::exp(score))};
        });
  }
};

/// KLDivLoss is the sum over an output's elements of target (log target - y), y being
/// log-probabilities, and targets probabilities. torch.nn.KLDivLoss(reduction="batchmean"): PyTorch's
/// default divides by the number of classes too, which is no divergence.
struct KLDivLoss {
  bool log_target = false; ///< whether targets are log-probabilities

  static constexpr bool class_targets = false;
  static constexpr Gives wants = Gives::log_probabilities;
  static constexpr Sentence check(Shape) { return {}; }

  template <class T>
  double sum(std::size_t n, Shape out, const T* y, const T* targets, double scale, T* dy) const {
    return detail::sum_elements(
        n * out.size(), 1, y, targets, scale, dy, [this](double a, double b, std::size_t) {
          const double wanted = log_target ? std::exp(b) : b;
          if (wanted == 0) return detail::ElementLoss{0, 0};
          return detail::ElementLoss{wanted * ((log_target ? b : std::log(b)) - a), -wanted};
        });
  }
};

} // namespace CTNN_INSTRUCTION_SET
} // namespace ctnn
