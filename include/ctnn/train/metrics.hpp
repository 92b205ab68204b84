#pragma once
/// @file
/// How good the classes are that a network gives: confusion matrix, precision, recall, F1, top k.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <ctnn/core/error.hpp>
#include <ctnn/core/text.hpp>
#include <ctnn/network/tensor.hpp>
#include <ctnn/train/dataset.hpp>

namespace ctnn {

/// A ConfusionMatrix counts pairs of (label, predicted class). Its ratios are in [0, 1]; one over
/// nothing is 0, never NaN: they are scikit-learn's with zero_division=0. Whatever takes a class throws
/// `Error(bad_argument)` if that is not below classes().
class ConfusionMatrix {
public:
  /// Makes a matrix of zeros. Throws `Error(bad_argument)` unless there are 1 to 2^32 - 1 classes.
  explicit ConfusionMatrix(std::size_t classes) : classes_(classes) {
    if (classes == 0 || classes > std::numeric_limits<std::uint32_t>::max())
      detail::fail(ErrorCode::bad_argument,
                   Sentence("ConfusionMatrix: expected 1 to 4294967295 classes, got ") << classes);
    counts_.resize(classes * classes);
  }

  /// add counts one more sample of class `label` that was taken for `predicted`.
  void add(std::uint32_t label, std::uint32_t predicted) { ++counts_[index(label, predicted)]; }

  /// Returns the number of samples of class `label` that were taken for `predicted`.
  std::uint64_t operator()(std::size_t label, std::size_t predicted) const {
    return counts_[index(label, predicted)];
  }

  /// classes is the number of classes.
  std::size_t classes() const { return classes_; }

  /// total is the number of samples.
  std::uint64_t total() const {
    return sum([&](std::size_t k) { return support(k); });
  }
  /// support is the number of samples of class `k`.
  std::uint64_t support(std::size_t k) const {
    return sum([&](std::size_t predicted) { return (*this)(k, predicted); });
  }

  /// accuracy is the share of samples that were taken for what they were.
  double accuracy() const {
    return ratio(sum([&](std::size_t k) { return (*this)(k, k); }), total());
  }
  /// precision is TP / (TP + FP) of class `k`: the share of what was taken for k that was k.
  double precision(std::size_t k) const { return ratio((*this)(k, k), predicted(k)); }
  /// recall is TP / (TP + FN) of class `k`: the share of what was k that was taken for k.
  double recall(std::size_t k) const { return ratio((*this)(k, k), support(k)); }
  /// f1 is the harmonic mean of precision and recall of class `k`.
  double f1(std::size_t k) const { return ratio(2 * (*this)(k, k), predicted(k) + support(k)); }

  /// macro_precision is the mean over all classes, also those without samples: average="macro" with
  /// labels=range(classes).
  double macro_precision() const {
    return mean([&](std::size_t k) { return precision(k); });
  }
  /// macro_recall is the same mean of recall.
  double macro_recall() const {
    return mean([&](std::size_t k) { return recall(k); });
  }
  /// macro_f1 is the same mean of f1.
  double macro_f1() const {
    return mean([&](std::size_t k) { return f1(k); });
  }

private:
  static double ratio(std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
  }

  std::size_t index(std::size_t label, std::size_t predicted) const {
    if (label >= classes_ || predicted >= classes_)
      detail::fail(ErrorCode::bad_argument, Sentence("ConfusionMatrix: label ")
                                                << label << " predicted as " << predicted
                                                << ", but there are " << classes_ << " classes");
    return label * classes_ + predicted;
  }

  /// predicted is the number of samples that were taken for k.
  std::uint64_t predicted(std::size_t k) const {
    return sum([&](std::size_t label) { return (*this)(label, k); });
  }

  template <class F>
  std::uint64_t sum(F&& count) const {
    std::uint64_t total = 0;
    for (std::size_t k = 0; k < classes_; ++k) total += count(k);
    return total;
  }

  template <class F>
  double mean(F&& score) const {
    double total = 0;
    for (std::size_t k = 0; k < classes_; ++k) total += score(k);
    return total / static_cast<double>(classes_);
  }

  std::size_t classes_;
  std::vector<std::uint64_t> counts_;
};

namespace detail {

/// for_each_prediction calls f(scores of a sample, its label) for each sample. A score that is NaN has
/// no rank: no class would be the right guess.
template <class T, class F>
void for_each_prediction(const Tensor<T, 2>& outputs, std::span<const std::uint32_t> labels,
                         F&& f) {
  const std::size_t samples = outputs.shape(0), classes = outputs.shape(1);
  if (labels.size() != samples)
    fail(ErrorCode::bad_argument, Sentence("outputs of ")
                                      << samples << " samples, but " << labels.size() << " labels");
  for (std::size_t i = 0; i < samples; ++i) {
    if (labels[i] >= classes)
      fail(ErrorCode::bad_argument, Sentence("label ")
                                        << labels[i] << " of sample " << i << " is not one of the "
                                        << classes << " classes");
    const std::span<const T> scores(outputs.data() + i * classes, classes);
    if (std::any_of(scores.begin(), scores.end(), [](T score) { return std::isnan(score); }))
      fail(ErrorCode::bad_argument, Sentence("an output of sample ") << i << " is NaN");
    f(scores, labels[i]);
  }
}

/// labels_of are the classes of all samples, each one of `classes`.
template <class Data>
std::vector<std::uint32_t> labels_of(const Data& data, std::size_t classes) {
  std::vector<std::uint32_t> labels(data.size());
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = class_of(data, i, classes);
  return labels;
}

} // namespace detail

/// confusion_matrix is that of `outputs` {samples, classes}, any scores; the first of the largest is
/// the predicted class, as for Score. Throws `Error(bad_argument)` unless there is a label for each
/// sample, a class for each label and no NaN.
template <class T>
ConfusionMatrix confusion_matrix(const Tensor<T, 2>& outputs,
                                 std::span<const std::uint32_t> labels) {
  ConfusionMatrix matrix(outputs.shape(1));
  detail::for_each_prediction(outputs, labels, [&](auto scores, std::uint32_t label) {
    const auto largest = std::max_element(scores.begin(), scores.end());
    matrix.add(label, static_cast<std::uint32_t>(largest - scores.begin()));
  });
  return matrix;
}

/// confusion_matrix does the same with the labels of a data set, whose outputs Trainer::evaluate
/// assigns. Throws `Error(bad_data)` for a label that is none of the classes.
template <class T, LabelledDataset<T> Data>
ConfusionMatrix confusion_matrix(const Tensor<T, 2>& outputs, const Data& data) {
  return confusion_matrix(
      outputs, std::span<const std::uint32_t>(detail::labels_of(data, outputs.shape(1))));
}

/// topk_accuracy is the share of samples, in [0, 1], that have their label among the `k` largest of
/// their scores; 0 for no samples. Of equal scores the first is the larger one, so that k = 1 gives the
/// accuracy of confusion_matrix (torch.topk promises no order, and scikit-learn takes the last). Throws
/// `Error(bad_argument)` as confusion_matrix does, and unless k is from 1 to the number of classes.
template <class T>
double topk_accuracy(const Tensor<T, 2>& outputs, std::span<const std::uint32_t> labels,
                     std::size_t k) {
  if (k == 0 || k > outputs.shape(1))
    detail::fail(ErrorCode::bad_argument, Sentence("topk_accuracy: k is ")
                                              << k << " of " << outputs.shape(1) << " classes");
  std::size_t hits = 0;
  detail::for_each_prediction(outputs, labels, [&](auto scores, std::uint32_t label) {
    std::size_t larger = 0;
    for (std::size_t j = 0; j < scores.size(); ++j)
      if (scores[j] > scores[label] || (scores[j] == scores[label] && j < label)) ++larger;
    if (larger < k) ++hits;
  });
  return labels.empty() ? 0 : static_cast<double>(hits) / static_cast<double>(labels.size());
}

/// topk_accuracy does the same with the labels of a data set.
template <class T, LabelledDataset<T> Data>
double topk_accuracy(const Tensor<T, 2>& outputs, const Data& data, std::size_t k) {
  return topk_accuracy(
      outputs, std::span<const std::uint32_t>(detail::labels_of(data, outputs.shape(1))), k);
}

} // namespace ctnn
