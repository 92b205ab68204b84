// `summary`, `evaluate` and `predict`: what needs a network and no training.

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <ctnn/core/error.hpp>
#include <ctnn/io/message.hpp>

#include "commands.hpp"
#include "datasets.hpp"
#include "engine.hpp"
#include "image/image_file.hpp"
#include "output.hpp"
#include "scores.hpp"

namespace trainer {
namespace {

std::unique_ptr<Engine> engine_with_weights(const WeightsOptions& options, std::size_t threads) {
  auto engine = make_engine({.threads = threads});
  engine->load_weights(options.path(), {});
  return engine;
}

/// `seven.png: 7 (99.83%), 9 (0.12%), 2 (0.03%)`: the three likeliest.
void print_prediction(const std::filesystem::path& path, const std::vector<double>& probabilities,
                      const std::vector<std::string>& names, bool json) {
  std::vector<std::size_t> order(probabilities.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t k) { return std::pair(-probabilities[k], k); });
  if (json) {
    const nlohmann::ordered_json line{{"schema", 1},
                                      {"file", path.native()},
                                      {"class", order[0]},
                                      {"name", names[order[0]]},
                                      {"probabilities", probabilities}};
    // A file's name need not be UTF-8, JSON must.
    return write_out(line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + '\n');
  }
  std::string line = ctnn::io::printable(path.native()) + ": ";
  for (std::size_t i = 0; i < std::min<std::size_t>(3, order.size()); ++i)
    line += format("{}{} ({:.2f}%)", i == 0 ? "" : ", ", names[order[i]],
                   100 * probabilities[order[i]]);
  write_out(line + '\n');
}

/// Weights may be finite, and too large to compute with.
void require_finite(std::span<const float> outputs, const WeightsOptions& options) {
  if (std::ranges::any_of(outputs, [](float y) { return !std::isfinite(y); }))
    throw ctnn::Error(ctnn::ErrorCode::diverged,
                      ctnn::io::printable(options.path().native()) +
                          ": the network's outputs are not finite with these weights");
}

} // namespace

void summary(bool all, bool plan) {
  const NetworkFacts& facts = network_facts();
  write_out(plan ? std::string_view(facts.plan) : all ? facts.full_table : facts.table);
}

void evaluate(const WeightsOptions& options) {
  const auto engine = engine_with_weights(options, options.data.threads);
  const ctnn::ImageDataset test =
      load_images(*options.data.dataset, options.data.path(), ctnn::Split::test);
  Outputs outputs;
  const ctnn::Score score = evaluate(*engine, test, outputs);
  require_finite({outputs.data(), outputs.size()}, options);
  if (options.json) {
    nlohmann::ordered_json line{{"schema", 1},
                                {"test_samples", score.samples},
                                {"test_loss", score.loss()},
                                {"test_accuracy", score.accuracy()},
                                {"test_correct", score.correct}};
    line.update(class_scores(outputs, test));
    return write_out(line.dump() + '\n');
  }
  write_out(test_line(score));
  print_classes(outputs, test, class_names(*options.data.dataset));
}

void predict(const WeightsOptions& options) {
  const auto engine = engine_with_weights(options, 1);
  const ctnn::Shape input = network_facts().input_shape;
  const std::size_t classes = network_facts().classes;
  const std::vector<std::string> names = class_names(*options.data.dataset);
  for (const std::filesystem::path& path : options.images) {
    const GrayImage image =
        like_mnist(read_image(path), input.height(), input.width(), path.native());
    std::vector<float> x(input.size()), outputs(classes);
    for (std::size_t i = 0; i < x.size(); ++i) // grey in each channel
      x[i] = options.data.dataset->normalization(image.pixels[i % image.pixels.size()]);
    engine->predict(1, x.data(), outputs.data());
    require_finite(outputs, options);
    print_prediction(path, softmax(outputs), names, options.json);
  }
}

} // namespace trainer
