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

#include "engine.hpp"
#include "output.hpp"
#include "recipe.hpp"
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

/// The wrong answers, those first that were given with least doubt of them.
std::vector<Mistake> mistakes(const ctnn::ImageDataset& images, const Outputs& outputs) {
  std::vector<Mistake> all;
  for (std::size_t i = 0; i < images.size(); ++i) {
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
  for (Mistake& mistake : all) mistake.picture = picture(images, mistake.index);
  return all;
}

} // namespace

void write_run_report(const RunFolder& folder, const RunState& run, const ctnn::ImageDataset& train,
                      const ctnn::ImageDataset& chosen_by, const Outputs& outputs) {
  write_report(folder.report(), {.title = fmt::format("Training on {}", run.dataset->name),
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
                                 .class_names = class_names(*run.dataset)});
}

} // namespace trainer
