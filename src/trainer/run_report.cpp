#include "run_report.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "report/report.hpp"
#include "samples.hpp"

namespace trainer {
namespace {

constexpr std::size_t pictures = 40;

Picture picture(const ctnn::ImageDataset& images, std::size_t i) {
  const auto pixels = images.pixels(i);
  return {{pixels.begin(), pixels.end()}, images.rows(), images.cols(), images.label(i)};
}

/// The first training images as an epoch saw them; none if they stay as they are.
std::vector<Picture> augmented(const RunState& run, const ctnn::ImageDataset& train) {
  const Transform augment = transform(run.recipe);
  std::vector<Picture> samples;
  if (augment == nullptr) return samples;
  const auto epoch = static_cast<std::uint32_t>(std::max<std::size_t>(run.progress.epoch, 2) - 1);
  std::vector<float> grey(train.rows() * train.cols());
  for (std::size_t i = 0; i < std::min(pictures, train.size()); ++i) {
    augment(train.pixels(i).data(), run.recipe.seed, epoch, static_cast<std::uint32_t>(i),
            grey.data());
    Picture sample{{}, train.rows(), train.cols(), train.label(i)};
    for (const float share : grey)
      sample.pixels.push_back(static_cast<std::uint8_t>(std::lround(share * 255)));
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
  write_report(folder.report(), {.title = fmt::format("Training on {}", run.dataset->name),
                                 .metrics = folder.metrics(),
                                 .augmented = augmented(run, train),
                                 .mistakes = mistakes(test, outputs),
                                 .class_names = class_names(*run.dataset)});
}

} // namespace trainer
