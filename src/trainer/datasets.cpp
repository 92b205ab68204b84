#include "datasets.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <ctnn/core/error.hpp>
#include <ctnn/io/message.hpp>

#include "engine.hpp"
#include "loaders.hpp"

namespace trainer {
namespace {

constexpr std::string_view clothes[]{"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
                                     "Sandal",      "Shirt",   "Sneaker",  "Bag",   "Ankle boot"};
constexpr std::string_view cifar10_classes[]{"airplane", "automobile", "bird",  "cat",  "deer",
                                             "dog",      "frog",       "horse", "ship", "truck"};

// Customary for MNIST and Fashion-MNIST, and for CIFAR-10.
constexpr float mnist_mean[]{ctnn::Normalization{}.mean}, mnist_std[]{ctnn::Normalization{}.std};
constexpr float cifar10_mean[]{0.4914f, 0.4822f, 0.4465f}, cifar10_std[]{0.2470f, 0.2435f, 0.2616f};

// In the __metadata__ of weights.
constexpr const char *dataset_key = "ctnn.dataset", *mean_key = "ctnn.mean", *std_key = "ctnn.std";
constexpr const char *classes_key = "ctnn.classes", *label_key = "ctnn.label";

// clang-format off
constexpr DatasetKind kinds[]{
    {.name = "mnist", .argument = {}, .mean = mnist_mean, .std = mnist_std,
     .digits = true, .dark_paper = true, .load = load_idx},
    {.name = "fashion-mnist", .argument = {}, .class_names = clothes, .mean = mnist_mean, .std = mnist_std,
     .digits = true, .dark_paper = true, .load = load_idx},
    {.name = "cifar10", .argument = {}, .class_names = cifar10_classes, .mean = cifar10_mean, .std = cifar10_std,
     .load = load_cifar10},
    {.name = "idx", .argument = "DIR", .dark_paper = true, .load = load_idx},
    {.name = "images", .argument = "DIR", .load = load_folders},
    {.name = "csv", .argument = "FILE", .table = true, .load = load_table},
};
// clang-format on

/// "0.4914,0.4822,0.4465"
std::string numbers(std::span<const float> values) {
  return fmt::format("{}", fmt::join(values.begin(), values.end(), ","));
}

/// The numbers of such a text; none unless all are finite.
std::vector<float> numbers_of(std::string_view text) {
  std::vector<float> values;
  for (bool more = true; more;) {
    const std::string_view word = text.substr(0, text.find(','));
    float value = 0;
    const auto [stop, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc{} || stop != word.data() + word.size() || !std::isfinite(value))
      return {};
    values.push_back(value);
    more = word.size() < text.size();
    text.remove_prefix(word.size() + (more ? 1 : 0));
  }
  return values;
}

/// A path or a column of a file need not be UTF-8, JSON must.
std::string utf8(std::string_view text) {
  using nlohmann::json;
  const std::string quoted = json(text).dump(-1, ' ', false, json::error_handler_t::replace);
  return json::parse(quoted).get<std::string>();
}

std::optional<Normalization> customary(const DatasetKind& kind) {
  if (kind.mean.empty()) return std::nullopt;
  return Normalization{{kind.mean.begin(), kind.mean.end()}, {kind.std.begin(), kind.std.end()}};
}

const std::string* find(const Metadata& metadata, const char* key) {
  const auto found = metadata.find(key);
  return found == metadata.end() ? nullptr : &found->second;
}

} // namespace

std::string Dataset::short_name() const {
  if (kind->argument.empty()) return name;
  const auto path = std::filesystem::absolute(source.path).lexically_normal();
  const auto last = path.has_filename() ? path : path.parent_path(); // of "flowers/"
  return (kind->table ? last.stem() : last.filename()).string();
}

std::span<const DatasetKind> dataset_kinds() { return kinds; }

std::vector<std::string> dataset_forms() {
  std::vector<std::string> forms;
  for (const DatasetKind& kind : kinds)
    forms.push_back(kind.argument.empty() ? std::string(kind.name)
                                          : fmt::format("{}:{}", kind.name, kind.argument));
  return forms;
}

std::optional<Dataset> find_dataset(std::string_view name) {
  const std::size_t colon = name.find(':');
  const auto kind = std::ranges::find(kinds, name.substr(0, colon), &DatasetKind::name);
  const std::string_view argument = colon == name.npos ? "" : name.substr(colon + 1);
  if (kind == std::end(kinds) || kind->argument.empty() != (colon == name.npos) ||
      kind->argument.empty() != argument.empty())
    return std::nullopt;
  Dataset found{utf8(name), kind, {}};
  found.source.path = argument.empty() ? std::filesystem::path("data") / name : argument;
  return found;
}

Seen seen(const Dataset& dataset, const SampleSet& train) {
  const auto fixed = customary(*dataset.kind);
  return {fixed ? *fixed : train.statistics(), train.classes()};
}

SampleSet load_samples(const Dataset& dataset, ctnn::Split split, const Seen& seen) {
  SampleSet samples = dataset.kind->load(dataset.source, split, seen.classes);
  if (!seen.normalization.mean.empty()) samples.normalize(seen.normalization);
  return samples;
}

std::vector<std::string> class_names(const Dataset& dataset,
                                     const std::vector<std::string>& classes) {
  std::vector<std::string> names(dataset.kind->class_names.begin(),
                                 dataset.kind->class_names.end());
  for (std::size_t i = names.size(); i < network_facts().classes; ++i)
    names.push_back(i < classes.size() ? ctnn::io::printable(classes[i]) : fmt::format("{}", i));
  return names;
}

Metadata trained_on(const Dataset& dataset, const Seen& seen) {
  using nlohmann::json;
  Metadata about{{dataset_key, dataset.name},
                 {mean_key, numbers(seen.normalization.mean)},
                 {std_key, numbers(seen.normalization.std)}};
  if (!seen.classes.empty())
    about[classes_key] = json(seen.classes).dump(-1, ' ', false, json::error_handler_t::replace);
  if (!dataset.source.label.empty()) about[label_key] = utf8(dataset.source.label);
  return about;
}

std::string trained_otherwise(const Metadata& metadata, const Dataset& dataset) {
  const auto fixed = customary(*dataset.kind);
  const Metadata here = trained_on(dataset, {fixed.value_or(Normalization{}), {}});
  const auto there = [&](const char* key) { // what a file does not say, it does not deny
    const std::string* const found = find(metadata, key);
    return found ? ctnn::io::printable(*found, 40) : here.at(key);
  };
  if (there(dataset_key) != ctnn::io::printable(dataset.name, 40))
    return fmt::format("its weights were trained on {}, not on {}", there(dataset_key),
                       dataset.name);
  if (fixed && (there(mean_key) != here.at(mean_key) || there(std_key) != here.at(std_key)))
    return fmt::format(
        "its weights were trained on {} with a mean of {} and a std of {}, not of {} and {}",
        dataset.name, there(mean_key), there(std_key), here.at(mean_key), here.at(std_key));
  return {};
}

std::optional<Dataset> dataset_of(const Metadata& metadata) {
  const std::string* const name = find(metadata, dataset_key);
  auto found = name ? find_dataset(*name) : std::nullopt;
  if (const std::string* const label = find(metadata, label_key); found && label)
    found->source.label = *label;
  return found;
}

Seen seen_by(const Metadata& metadata, const Dataset& dataset, std::string_view file) {
  if (const auto fixed = customary(*dataset.kind)) return {*fixed, {}};
  const std::string *const mean = find(metadata, mean_key), *const std = find(metadata, std_key);
  if (mean == nullptr || std == nullptr)
    return seen(dataset, load_samples(dataset, ctnn::Split::train));

  const auto wrong = [&](const char* key, std::string_view expected) {
    ctnn::io::fail(ctnn::ErrorCode::bad_checkpoint, file, "{} is \"{}\", expected {}", key,
                   ctnn::io::printable(metadata.at(key), 40), expected);
  };
  Seen seen{{numbers_of(*mean), numbers_of(*std)}, {}};
  const std::size_t channels = network_facts().input_shape.channels();
  const std::string expected = fmt::format("{} numbers, one for each channel", channels);
  if (seen.normalization.mean.size() != channels) wrong(mean_key, expected);
  if (seen.normalization.std.size() != channels ||
      std::ranges::any_of(seen.normalization.std, [](float x) { return x <= 0; }))
    wrong(std_key, expected + ", above 0");
  if (const std::string* const classes = find(metadata, classes_key)) {
    const auto json = nlohmann::json::parse(*classes, nullptr, false);
    const auto is_name = [](const nlohmann::json& name) { return name.is_string(); };
    if (!json.is_array() || !std::ranges::all_of(json, is_name))
      wrong(classes_key, "a JSON array of names");
    json.get_to(seen.classes);
  }
  return seen;
}

} // namespace trainer
