#pragma once
// How good the network is on a set of images: what is printed of it, and what is logged.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include <ctnn/network/tensor.hpp>
#include <ctnn/train/score.hpp>

#include "engine.hpp"
#include "samples.hpp"

namespace trainer {

/// What the network says to each image: {images, classes}.
using Outputs = ctnn::Tensor<float, 2>;

/// Assigns `outputs`, and returns the score.
ctnn::Score evaluate(Engine& engine, const SampleSet& images, Outputs& outputs);

std::vector<std::uint32_t> labels_of(const SampleSet& images);

/// The line of the assignment's notebook, of its test set or another.
std::string score_line(const ctnn::Score& score, std::string_view set = "Test set");

/// Top-3 accuracy; a table of precision, recall, F1 and number of images, a row a class, and their
/// means; the confusion matrix, a row a true class. `names` has one for each class.
void print_classes(const Outputs& outputs, const SampleSet& images,
                   const std::vector<std::string>& names);

/// top3_accuracy; macro_precision, macro_recall, macro_f1; precision, recall and f1 of each class;
/// confusion: images of a class by what they are taken for, a row a class.
nlohmann::ordered_json class_scores(const Outputs& outputs, const SampleSet& images);

/// exp(y_k) / sum exp(y): probabilities from the network's scores, also from log-probabilities.
std::vector<double> softmax(std::span<const float> scores);

} // namespace trainer
