#include "scores.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <nlohmann/json.hpp>

#include <ctnn/train/metrics.hpp>

#include "output.hpp"

namespace trainer {
namespace {

/// The k of top-k.
std::size_t top(std::size_t classes) { return std::min<std::size_t>(3, classes); }

} // namespace

ctnn::Score evaluate(Engine& engine, const SampleSet& images, Outputs& outputs) {
  outputs.resize({images.size(), network_facts().classes});
  return engine.evaluate(images, std::span(outputs.data(), outputs.size()));
}

std::vector<std::uint32_t> labels_of(const SampleSet& images) {
  std::vector<std::uint32_t> labels(images.size());
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = images.label(i);
  return labels;
}

std::string score_line(const ctnn::Score& score, std::string_view set) {
  return format("{}: Average loss: {:.4f}, Accuracy: {}/{} ({:.2f}%)\n", set, score.loss(),
                score.correct, score.samples, 100 * score.accuracy());
}

void print_classes(const Outputs& outputs, const SampleSet& images,
                   const std::vector<std::string>& names) {
  const std::vector<std::uint32_t> labels = labels_of(images);
  const auto confusion = ctnn::confusion_matrix(outputs, labels);
  const std::size_t classes = confusion.classes();
  print("Top-{} accuracy: {:.2f}%\n\n", top(classes),
        100 * ctnn::topk_accuracy(outputs, labels, top(classes)));
  constexpr const char* row = "{:>12} {:>9.4f} {:>9.4f} {:>9.4f} {:>7}\n";
  print("{:>12} {:>9} {:>9} {:>9} {:>7}\n", "class", "precision", "recall", "F1", "images");
  for (std::size_t k = 0; k < classes; ++k)
    print(row, names[k], confusion.precision(k), confusion.recall(k), confusion.f1(k),
          confusion.support(k));
  print(row, "mean", confusion.macro_precision(), confusion.macro_recall(), confusion.macro_f1(),
        confusion.total());

  std::string lines = format("\n{:>12} taken for", "class");
  for (std::size_t k = 0; k < classes; ++k) lines += format(" {:>5}", k);
  for (std::size_t k = 0; k < classes; ++k) {
    lines += format("\n{:>12} {:>9}", names[k], "");
    for (std::size_t taken = 0; taken < classes; ++taken)
      lines += format(" {:>5}", confusion(k, taken));
  }
  write_out(lines + '\n');
}

nlohmann::ordered_json class_scores(const Outputs& outputs, const SampleSet& images) {
  const std::vector<std::uint32_t> labels = labels_of(images);
  const auto confusion = ctnn::confusion_matrix(outputs, labels);
  std::vector<double> precision, recall, f1;
  std::vector<std::vector<std::uint64_t>> counts(confusion.classes());
  for (std::size_t k = 0; k < confusion.classes(); ++k) {
    precision.push_back(confusion.precision(k));
    recall.push_back(confusion.recall(k));
    f1.push_back(confusion.f1(k));
    for (std::size_t predicted = 0; predicted < confusion.classes(); ++predicted)
      counts[k].push_back(confusion(k, predicted));
  }
  return {{"top3_accuracy", ctnn::topk_accuracy(outputs, labels, top(confusion.classes()))},
          {"macro_precision", confusion.macro_precision()},
          {"macro_recall", confusion.macro_recall()},
          {"macro_f1", confusion.macro_f1()},
          {"precision", precision},
          {"recall", recall},
          {"f1", f1},
          {"confusion", counts}};
}

std::vector<double> softmax(std::span<const float> scores) {
  const float largest = *std::ranges::max_element(scores);
  std::vector<double> probabilities;
  for (const float score : scores)
    probabilities.push_back(std::exp(static_cast<double>(score) - static_cast<double>(largest)));
  const double sum = std::accumulate(probabilities.begin(), probabilities.end(), 0.0);
  for (double& probability : probabilities) probability /= sum;
  return probabilities;
}

} // namespace trainer
