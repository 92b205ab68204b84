#include "run_report.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "files.hpp"
#include "output.hpp"
#include "recipes.hpp"
#include "report/report.hpp"

namespace trainer {
namespace {

constexpr std::size_t pictures = 40;

Picture picture(const ctnn::ImageDataset& images, std::size_t i) {
  const auto pixels = images.pixels(i);
  return {{pixels.begin(), pixels.end()}, images.rows(), images.cols(), images.label(i)};
}

/// The first training images as an epoch saw them.
std::vector<Picture> augmented(const RunState& run, const ctnn::ImageDataset& train) {
  std::vector<Picture> samples;
  if (transform(run.recipe) == nullptr) return samples;
  const ctnn::Shape shape = network_facts().input_shape;
  const ctnn::Normalization normal;
  const auto epoch = static_cast<std::uint32_t>(std::max<std::size_t>(run.progress.epoch, 2) - 1);
  const Samples epoch_samples{train, transform(run.recipe), run.recipe.seed, epoch};
  std::vector<float> x(shape.size());
  for (std::size_t i = 0; i < std::min(pictures, train.size()); ++i) {
    epoch_samples.read(i, x.data());
    Picture sample{{}, shape.height(), shape.width(), epoch_samples.label(i)};
    for (std::size_t k = 0; k < sample.rows * sample.cols; ++k) {
      const float grey = std::clamp(x[k] * normal.std + normal.mean, 0.0f, 1.0f);
      sample.pixels.push_back(static_cast<std::uint8_t>(std::lround(grey * 255)));
    }
    samples.push_back(std::move(sample));
  }
  return samples;
}

/// The wrong answers, those first that were given with least doubt of them.
std::vector<Mistake> mistakes(const ctnn::ImageDataset& test, const Outputs& outputs) {
  std::vector<Mistake> all;
  for (std::size_t i = 0; i < test.size(); ++i) {
    const auto p = softmax(std::span(outputs.data() + i * outputs.shape(1), outputs.shape(1)));
    const auto largest = std::ranges::max_element(p);
    const auto predicted = static_cast<std::uint32_t>(largest - p.begin());
    if (predicted != test.label(i))
      all.push_back({{{}, 0, 0, test.label(i)}, i, predicted, *largest, p[test.label(i)]});
  }
  std::ranges::sort(all, {}, [](const Mistake& mistake) {
    return std::pair(mistake.probability_of_label, mistake.index);
  });
  if (all.size() > pictures) all.resize(pictures);
  for (Mistake& mistake : all) mistake.picture = picture(test, mistake.index);
  return all;
}

} // namespace

void write_run_report(const RunFolder& folder, const RunState& run, const ctnn::ImageDataset& train,
                      const ctnn::ImageDataset& test, const Outputs& outputs) {
  write_report(folder.report(), {.title = "Training on " + run.dataset,
                                 .metrics = folder.metrics(),
                                 .augmented = augmented(run, train),
                                 .mistakes = mistakes(test, outputs),
                                 .class_names = class_names(run.dataset)});
}

} // namespace trainer
