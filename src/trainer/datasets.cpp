#include "datasets.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include <ctnn/io/message.hpp>

#include "engine.hpp"

namespace trainer {
namespace {

constexpr std::string_view clothes[]{"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
                                     "Sandal",      "Shirt",   "Sneaker",  "Bag",   "Ankle boot"};

constexpr ctnn::Normalization as_mnist{}; // customary for both

// In the __metadata__ of weights.
constexpr const char *dataset_key = "ctnn.dataset", *mean_key = "ctnn.mean", *std_key = "ctnn.std";

constexpr Dataset table[]{
    {"mnist", {}, as_mnist, ctnn::load_mnist},
    {"fashion-mnist", clothes, as_mnist, ctnn::load_mnist},
};

} // namespace

std::span<const Dataset> datasets() { return table; }

const Dataset* find_dataset(std::string_view name) {
  const auto found = std::ranges::find(table, name, &Dataset::name);
  return found == std::end(table) ? nullptr : found;
}

ctnn::ImageDataset load_images(const Dataset& dataset, const std::filesystem::path& folder,
                               ctnn::Split split) {
  const NetworkFacts& facts = network_facts();
  return dataset.load(folder, split, facts.classes, facts.input_shape, dataset.normalization);
}

std::vector<std::string> class_names(const Dataset& dataset) {
  std::vector<std::string> names(dataset.class_names.begin(), dataset.class_names.end());
  while (names.size() < network_facts().classes) names.push_back(fmt::format("{}", names.size()));
  return names;
}

std::map<std::string, std::string> trained_on(const Dataset& dataset) {
  return {{dataset_key, std::string(dataset.name)},
          {mean_key, fmt::format("{}", dataset.normalization.mean)},
          {std_key, fmt::format("{}", dataset.normalization.std)}};
}

std::string trained_otherwise(const std::map<std::string, std::string>& metadata,
                              const Dataset& dataset) {
  auto here = trained_on(dataset);
  auto there = here; // what a file does not say, it does not deny
  for (auto& [key, value] : there)
    if (const auto found = metadata.find(key); found != metadata.end())
      value = ctnn::io::printable(found->second, 40);
  if (there[dataset_key] != here[dataset_key])
    return fmt::format("its weights were trained on {}, not on {}", there[dataset_key],
                       dataset.name);
  if (there != here)
    return fmt::format(
        "its weights were trained on {} with a mean of {} and a std of {}, not of {} and {}",
        dataset.name, there[mean_key], there[std_key], here[mean_key], here[std_key]);
  return {};
}

const Dataset* dataset_of(const std::map<std::string, std::string>& metadata) {
  const auto found = metadata.find(dataset_key);
  return found == metadata.end() ? nullptr : find_dataset(found->second);
}

} // namespace trainer
