#include "datasets.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "engine.hpp"

namespace trainer {
namespace {

constexpr std::string_view clothes[]{"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
                                     "Sandal",      "Shirt",   "Sneaker",  "Bag",   "Ankle boot"};

constexpr ctnn::Normalization as_mnist{}; // customary for both

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

} // namespace trainer
