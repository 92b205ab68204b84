#include "run_report.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <ctime>
#include <fstream>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <ctnn/data/transforms/resize.hpp>

#include "engine.hpp"
#include "output.hpp"
#include "recipe.hpp"
#include "report/report.hpp"
#include "samples.hpp"

namespace trainer {
namespace {

constexpr std::size_t pictures = 40;

/// A picture of bytes, made as small as a page needs it: a large one would take a megabyte.
Picture picture(std::span<const std::uint8_t> pixels, ctnn::Shape shape, std::uint32_t label) {
  constexpr std::size_t most = 96; // pixels a side
  const std::size_t side = std::max(shape.height(), shape.width());
  if (side <= most) return {{pixels.begin(), pixels.end()}, shape.height(), shape.width(), label};
  const auto scaled = [&](std::size_t extent) {
    return std::max<std::size_t>(1, extent * most / side);
  };
  const ctnn::Shape small{shape.channels(), scaled(shape.height()), scaled(shape.width())};
  return {ctnn::transforms::resize(pixels, shape, small), small.height(), small.width(), label};
}

/// Whether a page can show them: in grey or in colours.
bool can_be_shown(const SampleSet& samples) {
  const std::size_t channels = samples.sample_shape().channels();
  return samples.pictures() && (channels == 1 || channels == 3);
}

/// The first training images as an epoch saw them; none if they stay as they are.
std::vector<Picture> augmented(const RunState& run, const SampleSet& train) {
  const Augmentation augment = augmentation(run.recipe);
  std::vector<Picture> samples;
  if (augment.none() || !can_be_shown(train)) return samples;
  const auto epoch = static_cast<std::uint32_t>(std::max<std::size_t>(run.progress.epoch, 2) - 1);
  std::vector<float> shares(train.sample_shape().size());
  std::vector<std::uint8_t> pixels(shares.size());
  for (std::size_t i = 0; i < std::min(pictures, train.size()); ++i) {
    augment.apply(train, run.recipe.seed, epoch, static_cast<std::uint32_t>(i), shares.data());
    std::ranges::transform(shares, pixels.begin(), [](float share) {
      return static_cast<std::uint8_t>(std::lround(share * 255));
    });
    samples.push_back(picture(pixels, train.sample_shape(), train.label(i)));
  }
  return samples;
}

/// The learning rate of the steps so far, of at most 500 of them: more than a chart has columns.
std::vector<Rate> rates(const RunState& run, std::size_t train_samples) {
  const std::size_t batch = run.recipe.batch_size;
  const std::size_t steps_an_epoch = (train_samples + batch - 1) / batch;
  const std::size_t steps = (run.progress.epoch - 1) * steps_an_epoch;
  std::vector<Rate> all;
  const std::size_t count = std::min<std::size_t>(steps, 500);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t step = count == 1 ? 0 : i * (steps - 1) / (count - 1);
    all.push_back({static_cast<double>(step) / static_cast<double>(steps_an_epoch),
                   learning_rate(run, step, steps_an_epoch)});
  }
  return all;
}

std::string processor() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("model name"))
      return line.substr(std::min(line.find(": "), line.size() - 2) + 2);
  return "unknown";
}

/// The words of this process, as a shell takes them.
std::string command_line() {
  std::ifstream file("/proc/self/cmdline");
  std::string text;
  for (std::string word; std::getline(file, word, '\0');)
    text += (text.empty() ? "" : " ") + shell_word(word);
  return text;
}

std::string now() {
  const std::time_t seconds = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02} UTC", utc.tm_year + 1900, utc.tm_mon + 1,
                     utc.tm_mday, utc.tm_hour, utc.tm_min);
}

/// The wrong answers, those first that were given with least doubt of them; none that cannot be shown.
std::vector<Mistake> mistakes(const SampleSet& images, const Outputs& outputs) {
  std::vector<Mistake> all;
  for (std::size_t i = 0; can_be_shown(images) && i < images.size(); ++i) {
    const auto p = softmax(std::span(outputs.data() + i * outputs.shape(1), outputs.shape(1)));
    const auto largest = std::ranges::max_element(p);
    const auto predicted = static_cast<std::uint32_t>(largest - p.begin());
    if (predicted != images.label(i))
      all.push_back({{{}, 0, 0, images.label(i)}, i, predicted, *largest, p[images.label(i)]});
  }
  std::ranges::sort(all, {}, [](const Mistake& mistake) {
    return std::pair(mistake.probability_of_label, mistake.index);
  });
  if (all.size() > pictures) all.resize(pictures);
  for (Mistake& mistake : all)
    mistake.picture =
        picture(images.pixels(mistake.index), images.sample_shape(), mistake.picture.label);
  return all;
}

} // namespace

void write_run_report(const RunFolder& folder, const RunState& run, const SampleSet& train,
                      const SampleSet& chosen_by, const Outputs& outputs) {
  write_report(folder.report(), {.title = fmt::format("Training on {}", run.dataset.name),
                                 .metrics = folder.metrics(),
                                 .rates = rates(run, train.size()),
                                 .facts = {{"Program", version()},
                                           {"Processor", processor()},
                                           {"Command", command_line()},
                                           {"Written", now()}},
                                 .texts = {{"Layers", std::string(network_facts().table)},
                                           {"How it runs", network_facts().plan}},
                                 .augmented = augmented(run, train),
                                 .mistakes = mistakes(chosen_by, outputs),
                                 .class_names = class_names(run.dataset, run.seen.classes),
                                 .dark_paper = run.dataset.kind->dark_paper});
}

} // namespace trainer
