// `summary`, `evaluate` and `predict`: what needs a network and no training.

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <ctnn/core/error.hpp>
#include <ctnn/data/transforms/resize.hpp>
#include <ctnn/data/transforms/to_tensor.hpp>
#include <ctnn/io/image_file.hpp>
#include <ctnn/io/load_options.hpp>
#include <ctnn/io/message.hpp>

#include "commands.hpp"
#include "datasets.hpp"
#include "engine.hpp"
#include "image/image_file.hpp"
#include "loaders.hpp"
#include "output.hpp"
#include "run_folder.hpp"
#include "scores.hpp"

namespace trainer {
namespace {

/// The weights that are asked for: those of the last run on the data set if none are named.
std::filesystem::path weights_path(const WeightsOptions& options) {
  if (!options.weights.empty()) return options.weights;
  std::vector<std::string> folders;
  std::vector<std::filesystem::path> there;
  std::error_code error;
  for (const Recipe& recipe : recipes()) {
    folders.push_back(options.data.run(recipe).native());
    const auto best = RunFolder(folders.back()).best();
    if (exists(best, error)) there.push_back(best);
  }
  if (there.empty())
    throw ctnn::Error(ctnn::ErrorCode::bad_checkpoint,
                      fmt::format("no best.safetensors in {}: train first ({} train), or name a "
                                  "file (--weights)",
                                  fmt::join(folders, ", "), CTNN_PROGRAM));
  const auto newest = std::ranges::max_element(
      there, {}, [&](const std::filesystem::path& path) { return last_write_time(path, error); });
  if (there.size() > 1)
    note(format("takes the newest of {} weights, {} (--weights names others)", there.size(),
                newest->native()));
  return *newest;
}

/// A network with its weights, and what it is asked about.
struct Trained {
  std::filesystem::path path;
  std::unique_ptr<Engine> engine;
  Dataset dataset;
  Seen seen;
};

/// Where no data set is given, it is the one that the weights were trained on. Says on standard error
/// if they were trained on another.
Trained trained(const WeightsOptions& options, std::size_t threads) {
  const std::filesystem::path path = weights_path(options);
  auto engine = make_engine({.threads = threads});
  const auto metadata = engine->load_weights(path, {}).metadata;
  DataOptions data = options.data;
  if (const auto own = dataset_of(metadata)) {
    if (!options.dataset_given) data.dataset = *own;
    data.dataset.source.label = own->source.label;
  }
  require_own_options(data, data.dataset);
  Dataset dataset = data.located();
  const std::string name = ctnn::io::printable(path.native());
  if (const auto otherwise = trained_otherwise(metadata, dataset); !otherwise.empty())
    note(format("{}: {}", name, otherwise));
  Seen seen = seen_by(metadata, dataset, path.native());
  return {path, std::move(engine), std::move(dataset), std::move(seen)};
}

/// Weights may be finite, and too large to compute with.
void require_finite(std::span<const float> outputs, const Trained& trained) {
  if (std::ranges::any_of(outputs, [](float y) { return !std::isfinite(y); }))
    throw ctnn::Error(ctnn::ErrorCode::diverged,
                      ctnn::io::printable(trained.path.native()) +
                          ": the network's outputs are not finite with these weights");
}

/// What the network is asked: one sample, not yet normalised, and what else is known of it.
struct Question {
  std::vector<float> x;
  std::optional<std::size_t> digits{}; ///< how many a picture seems to hold
  std::optional<std::size_t> row{};    ///< in its table, from 1
};

/// `seven.png: 7 (99.83%), 9 (0.12%), 2 (0.03%)`: the three likeliest.
void print_prediction(const std::filesystem::path& path, const Question& question,
                      const std::vector<double>& probabilities,
                      const std::vector<std::string>& names, bool json) {
  std::vector<std::size_t> order(probabilities.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t k) { return std::pair(-probabilities[k], k); });
  if (json) {
    nlohmann::ordered_json line{{"schema", 1},
                                {"file", path.native()},
                                {"class", order[0]},
                                {"name", names[order[0]]},
                                {"probabilities", probabilities}};
    if (question.digits) line["digits"] = *question.digits;
    if (question.row) line["row"] = *question.row;
    // A file's name need not be UTF-8, JSON must. In ASCII no terminal finds anything to obey.
    return write_out(line.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace) + '\n');
  }
  std::string line = ctnn::io::printable(path.native());
  line += question.row ? format(", row {}: ", *question.row) : ": ";
  for (std::size_t i = 0; i < std::min<std::size_t>(3, order.size()); ++i)
    line += format("{}{} ({:.2f}%)", i == 0 ? "" : ", ", names[order[i]],
                   100 * probabilities[order[i]]);
  write_out(line + '\n');
}

/// From 0 to 1, as a network sees the pixels before they are normalised.
std::vector<float> to_tensor(const std::vector<std::uint8_t>& pixels) {
  std::vector<float> x;
  for (const std::uint8_t pixel : pixels) x.push_back(ctnn::transforms::to_tensor(pixel));
  return x;
}

std::vector<Question> picture(const std::filesystem::path& path, const Dataset& dataset) {
  const ctnn::Shape input = network_facts().input_shape;
  if (dataset.kind->digits) {
    const Digit digit = like_mnist(read_image(path), input.height(), input.width(), path.native());
    std::vector<float> x = to_tensor(digit.image.pixels);
    const std::size_t plane = x.size();
    while (x.size() < input.size()) x.push_back(x[x.size() - plane]); // grey in each channel
    return {{.x = std::move(x), .digits = digit.seen}};
  }
  if (input.rank != 3 || (input.channels() != 1 && input.channels() != 3))
    ctnn::io::fail(ctnn::ErrorCode::bad_data, path.native(),
                   "a picture has 1 or 3 channels, network takes {}",
                   fmt::join(input.extent, input.extent + input.rank, "x"));
  const ctnn::io::ByteImage image = ctnn::io::read_image(path, input.channels());
  return {{.x = to_tensor(ctnn::transforms::resize(
               image.pixels, {image.channels, image.rows, image.cols}, input))}};
}

std::vector<Question> rows(const std::filesystem::path& path, const Dataset& dataset) {
  const std::vector<float> numbers = load_rows(path, dataset.source.label);
  const auto size = static_cast<std::ptrdiff_t>(network_facts().input_shape.size());
  std::vector<Question> all;
  for (auto row = numbers.begin(); row != numbers.end(); row += size)
    all.push_back({.x = {row, row + size}, .row = all.size() + 1});
  return all;
}

} // namespace

void summary(bool all, bool plan) {
  const NetworkFacts& facts = network_facts();
  write_out(plan ? std::string_view(facts.plan) : all ? facts.full_table : facts.table);
}

void evaluate(const WeightsOptions& options) {
  const Trained network = trained(options, options.data.threads);
  const SampleSet test = load_samples(network.dataset, ctnn::Split::test, network.seen);
  Outputs outputs;
  const ctnn::Score score = evaluate(*network.engine, test, outputs);
  require_finite({outputs.data(), outputs.size()}, network);
  if (options.json) {
    nlohmann::ordered_json line{{"schema", 1},
                                {"test_samples", score.samples},
                                {"test_loss", score.loss()},
                                {"test_accuracy", score.accuracy()},
                                {"test_correct", score.correct}};
    line.update(class_scores(outputs, test));
    return write_out(line.dump() + '\n');
  }
  write_out(score_line(score));
  print_classes(outputs, test, class_names(network.dataset, test.classes()));
}

ExitCode predict(const WeightsOptions& options) {
  const Trained network = trained(options, 1);
  const std::vector<std::string> names = class_names(network.dataset, network.seen.classes);
  ExitCode code = ExitCode::ok;
  for (const std::filesystem::path& path : options.images) {
    std::vector<Question> questions;
    try {
      questions = network.dataset.kind->table ? rows(path, network.dataset)
                                              : picture(path, network.dataset);
    } catch (const ctnn::Error& error) {
      error_line(error.what());
      code = exit_code(error.code);
    }
    for (Question& question : questions) {
      network.seen.normalization.apply(network_facts().input_shape, question.x.data());
      std::vector<float> outputs(network_facts().classes);
      network.engine->predict(1, question.x.data(), outputs.data());
      require_finite(outputs, network);
      print_prediction(path, question, softmax(outputs), names, options.json);
      if (question.digits.value_or(1) > 1)
        note(format("{}: seems to hold {} digits, and was read as one: cut it into one picture "
                    "each",
                    path.native(), *question.digits));
    }
  }
  return code;
}

} // namespace trainer
