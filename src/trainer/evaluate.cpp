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
#include <ctnn/io/message.hpp>

#include "commands.hpp"
#include "datasets.hpp"
#include "engine.hpp"
#include "image/image_file.hpp"
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
                                  fmt::join(folders, " or "), CTNN_PROGRAM));
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
  DataOptions data;
};

/// Where no data set is given, it is the one that the weights were trained on. Says on standard error
/// if they were trained on another.
Trained trained(const WeightsOptions& options, std::size_t threads) {
  Trained trained{weights_path(options), make_engine({.threads = threads}), options.data};
  const auto metadata = trained.engine->load_weights(trained.path, {}).metadata;
  const Dataset* const own = dataset_of(metadata);
  if (!options.dataset_given && own != nullptr) trained.data.dataset = own;
  if (const auto otherwise = trained_otherwise(metadata, *trained.data.dataset); !otherwise.empty())
    note(format("{}: {}", ctnn::io::printable(trained.path.native()), otherwise));
  return trained;
}

/// `seven.png: 7 (99.83%), 9 (0.12%), 2 (0.03%)`: the three likeliest.
void print_prediction(const std::filesystem::path& path, const std::vector<double>& probabilities,
                      const std::vector<std::string>& names, const Digit& digit, bool json) {
  std::vector<std::size_t> order(probabilities.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t k) { return std::pair(-probabilities[k], k); });
  if (json) {
    const nlohmann::ordered_json line{{"schema", 1},
                                      {"file", path.native()},
                                      {"class", order[0]},
                                      {"name", names[order[0]]},
                                      {"probabilities", probabilities},
                                      {"digits", digit.seen}};
    // A file's name need not be UTF-8, JSON must. In ASCII no terminal finds anything to obey.
    return write_out(line.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace) + '\n');
  }
  std::string line = ctnn::io::printable(path.native()) + ": ";
  for (std::size_t i = 0; i < std::min<std::size_t>(3, order.size()); ++i)
    line += format("{}{} ({:.2f}%)", i == 0 ? "" : ", ", names[order[i]],
                   100 * probabilities[order[i]]);
  write_out(line + '\n');
}

/// Weights may be finite, and too large to compute with.
void require_finite(std::span<const float> outputs, const Trained& trained) {
  if (std::ranges::any_of(outputs, [](float y) { return !std::isfinite(y); }))
    throw ctnn::Error(ctnn::ErrorCode::diverged,
                      ctnn::io::printable(trained.path.native()) +
                          ": the network's outputs are not finite with these weights");
}

} // namespace

void summary(bool all, bool plan) {
  const NetworkFacts& facts = network_facts();
  write_out(plan ? std::string_view(facts.plan) : all ? facts.full_table : facts.table);
}

void evaluate(const WeightsOptions& options) {
  const Trained network = trained(options, options.data.threads);
  const Dataset& dataset = *network.data.dataset;
  const ctnn::ImageDataset test = load_images(dataset, network.data.path(), ctnn::Split::test);
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
  print_classes(outputs, test, class_names(dataset));
}

ExitCode predict(const WeightsOptions& options) {
  const Trained network = trained(options, 1);
  const Dataset& dataset = *network.data.dataset;
  const ctnn::Shape input = network_facts().input_shape;
  const std::size_t classes = network_facts().classes;
  const std::vector<std::string> names = class_names(dataset);
  ExitCode code = ExitCode::ok;
  for (const std::filesystem::path& path : options.images) {
    std::optional<Digit> digit;
    try {
      digit = like_mnist(read_image(path), input.height(), input.width(), path.native());
    } catch (const ctnn::Error& error) {
      error_line(error.what());
      code = exit_code(error.code);
      continue;
    }
    const std::vector<std::uint8_t>& pixels = digit->image.pixels;
    std::vector<float> x(input.size()), outputs(classes);
    for (std::size_t i = 0; i < x.size(); ++i) // grey in each channel
      x[i] = dataset.normalization(pixels[i % pixels.size()]);
    network.engine->predict(1, x.data(), outputs.data());
    require_finite(outputs, network);
    print_prediction(path, softmax(outputs), names, *digit, options.json);
    if (digit->seen > 1)
      note(format("{}: seems to hold {} digits, and was read as one: cut it into one picture each",
                  path.native(), digit->seen));
  }
  return code;
}

} // namespace trainer
