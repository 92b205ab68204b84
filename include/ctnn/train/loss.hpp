#pragma once
/// @file
/// What a loss is, in words and as a concept, and what samples count in its mean.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>
#include <vector>

#include <ctnn/core/shape.hpp>
#include <ctnn/core/text.hpp>
#include <ctnn/train/dataset.hpp>

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
/// What it has as members, such as a delta, is said where the Trainer is made: `Huber{.delta = 2}`. It
/// may say what is wrong with them, or nothing, which is asked before each step:
///
///     Sentence check_members(Shape out) const;
///
/// Two members together mean of any loss of classes what they mean of PyTorch's: the weight of a sample
/// is that of its class, 0 if its label is ignored, and the mean is divided by the sum of the batch's
/// weights. `sum` is handed ignored labels, as std::uint32_t.
///
///     std::vector<double> weight;        one for each class, or none where all are 1
///     std::optional<int> ignore_index;   a label that may be none of the classes
template <class L, class T = float>
concept Loss = requires(const L& loss, std::size_t n, Shape out, const T* y,
                        const std::conditional_t<bool(L::class_targets), std::uint32_t, T>* targets,
                        T* dy) {
  { L::check(out) } -> std::convertible_to<Sentence>;
  { loss.template sum<T>(n, out, y, targets, 1.0, dy) } -> std::convertible_to<double>;
};

namespace detail {

/// WeighsClasses is whether samples may count unequally in the mean of L.
template <class L>
concept WeighsClasses = requires(const L& loss) {
  { loss.weight } -> std::same_as<const std::vector<double>&>;
  { loss.ignore_index } -> std::same_as<const std::optional<int>&>;
};

/// ignored_label is what the label of a sample may be besides a class.
template <class L>
std::optional<int> ignored_label(const L& loss) {
  if constexpr (WeighsClasses<L>)
    return loss.ignore_index;
  else
    return {};
}

/// weighs is whether samples count unequally in the mean of `loss` as it is set.
template <class L>
bool weighs(const L& loss) {
  if constexpr (WeighsClasses<L>)
    return !loss.weight.empty() || loss.ignore_index;
  else
    return false;
}

template <class L>
bool ignores(const L& loss, std::uint32_t label) {
  const std::optional<int> ignored = ignored_label(loss);
  return ignored && label == static_cast<std::uint32_t>(*ignored);
}

/// weight_of is what a sample of this label counts.
template <WeighsClasses L>
double weight_of(const L& loss, std::uint32_t label) {
  if (ignores(loss, label)) return 0;
  return loss.weight.empty() ? 1 : loss.weight[label];
}

template <WeighsClasses L>
double weight_sum(const L& loss, std::span<const std::uint32_t> labels) {
  double sum = 0;
  for (const std::uint32_t label : labels) sum += weight_of(loss, label);
  return sum;
}

/// mean_scale is what makes the mean of a sum over the samples `batch` of `data`: one over how many they
/// are, or how much they weigh, which is added up in their order, whoever trains on them. It is 0 where
/// nothing counts. Throws `Error(bad_data)` for a label that is none of the classes.
template <class L, class Data>
double mean_scale(const L& loss, const Data& data, std::span<const std::uint32_t> batch,
                  std::size_t classes) {
  auto sum = static_cast<double>(batch.size());
  if constexpr (WeighsClasses<L>)
    if (weighs(loss)) {
      sum = 0;
      for (const std::uint32_t i : batch)
        sum += weight_of(loss, class_of(data, i, classes, loss.ignore_index));
    }
  return sum > 0 ? 1 / sum : 0;
}

} // namespace detail
} // namespace ctnn
