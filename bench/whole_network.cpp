// The seed network as a whole: a training step on a batch of 512, as PyTorch's users time it, an
// epoch of MNIST, and the prediction of one image and of 64.

#include <algorithm>
#include <benchmark/benchmark.h>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include <ctnn/ctnn.hpp>

#include "measure.hpp"
#include "mnist_net.hpp"
#include "products.hpp"
#include "reference_network.hpp"
#include "rivals/xnnpack.hpp"
#include "training_step.hpp"

namespace ctnn::bench {
namespace {

/// Other orders of summation round differently, and Winograd's algorithm more.
constexpr double tolerance = 2e-5;

/// Two images on which rounding decides nothing: a float and a double network have the same
/// gradients only if the same pixels win.
const RandomImages<Net>& decided_images() {
  static const RandomImages<Net> images = [] {
    const Network<Net> net(1);
    RandomImages<Net> found(0);
    for (std::uint32_t seed = 0; found.size() < 2; ++seed) {
      const RandomImages<Net> one(1, seed);
      if (!ReferenceNetwork<Net>(net, one, 1).is_decided(tolerance / 2)) continue;
      found.pixels.insert(found.pixels.end(), one.pixels.begin(), one.pixels.end());
    }
    return found;
  }();
  return images;
}

class Training {
public:
  /// Its first step is checked, and it is warm.
  explicit Training(std::size_t threads) : step_(threads) {
    const RandomImages<Net>& images = decided_images();
    ReferenceNetwork<Net> reference(step_.net(), images, images.size());
    reference.backward();
    std::vector<std::uint32_t> all(images.size());
    std::iota(all.begin(), all.end(), 0u);
    const auto loss = static_cast<float>(step_.trainer().step(images, all).loss());
    error_ = difference("loss", {&loss, 1}, std::vector{reference.loss()}, tolerance);
    for (std::size_t p = 0; p < Network<Net>::tensors && error_.empty(); ++p)
      error_ = difference(Net::graph.parameters[p].name.view(), step_.trainer().gradient(p),
                          reference.gradient(p), tolerance);
    for (int warm = 0; warm < 3; ++warm) run();
  }
  const std::string& error() const { return error_; }

  void run() { step_.run(); }
  Trainer<Net, NLLLoss, SGD>& trainer() { return step_.trainer(); }

private:
  TrainingStep<Net, 512> step_;
  std::string error_;
};

/// A batch shared out among threads, each with a workspace of its own.
class Prediction {
public:
  /// Its first outputs are checked.
  Prediction(std::size_t batch, std::size_t threads)
      : images_(batch), y_(batch * Net::output_shape.size()), pool_(threads), workspaces_(threads) {
    run();
    error_ = difference("y", y_, expected(), tolerance);
  }
  const std::string& error() const { return error_; }
  const Network<Net>& net() const { return net_; }
  const float* x() const { return images_.pixels.data(); }

  /// Of the first images: the scalar reference is slow.
  std::vector<double> expected() const {
    return ReferenceNetwork<Net>(net_, images_, std::min<std::size_t>(images_.size(), 2)).output();
  }

  void run() {
    constexpr std::size_t in = Net::input_shape.size(), out = Net::output_shape.size();
    pool_.run(workspaces_.size(), [this](std::size_t part, std::size_t worker) {
      const std::size_t first = part * images_.size() / workspaces_.size();
      const std::size_t end = (part + 1) * images_.size() / workspaces_.size();
      net_.predict(end - first, x() + first * in, y_.data() + first * out, workspaces_[worker]);
    });
  }

private:
  RandomImages<Net> images_;
  std::vector<float> y_;
  const Network<Net> net_{1};
  ctnn::detail::ThreadPool pool_;
  std::vector<Workspace<Net>> workspaces_;
  std::string error_;
};

void count_images(benchmark::State& state, std::size_t images) {
  using benchmark::Counter;
  state.counters["images"] =
      Counter(static_cast<double>(images), Counter::kIsIterationInvariantRate);
}

template <std::size_t Threads>
void training_step(benchmark::State& state) {
  static Training training(Threads); // kept: Google Benchmark calls this several times
  if (!training.error().empty()) return fail(state, training.error());
  time_loop(state, CLOCK_MONOTONIC,
            {512, training_flops<Net>, Threads, products<Net>.forward + products<Net>.backward},
            [] { training.run(); });
  count_images(state, 512);
}

/// XNNPACK's logits are compared with the reference by a log-softmax of them.
void beside_xnnpack(benchmark::State& state, Prediction& one) {
  static const std::unique_ptr<RivalNetwork> rival = [&] {
    auto xnn = xnnpack(one.net(), 1, one.x());
    if (!xnn || !xnn->error.empty()) return xnn;
    xnn->run();
    const std::vector<double> logits(xnn->output().begin(), xnn->output().end());
    const std::vector<double> y = kernels::reference::log_softmax(logits);
    xnn->error =
        difference("XNNPACK", std::vector<float>(y.begin(), y.end()), one.expected(), tolerance);
    return xnn;
  }();
  if (!rival) return;
  if (!rival->error.empty()) return fail(state, rival->error);
  take_turns(
      state, 1, [&] { one.run(); }, "XNNPACK", 1, [] { rival->run(); });
}

template <std::size_t Batch, std::size_t Threads>
void prediction(benchmark::State& state) {
  static Prediction one(Batch, Threads);
  if (!one.error().empty()) return fail(state, one.error());
  time_loop(state, CLOCK_MONOTONIC,
            {Batch, 2.0 * Net::multiply_adds, Threads, products<Net>.forward}, [] { one.run(); });
  count_images(state, Batch);
  if constexpr (Batch == 1) beside_xnnpack(state, one);
}

/// `x_step`: the epoch's images a second by those of the bare training step before and after it.
void epoch(benchmark::State& state) {
  const std::filesystem::path folder = CTNN_BENCH_DATA;
  if (!std::filesystem::exists(folder)) // no failure: the data are not part of the sources
    return state.SkipWithError("no data/mnist; scripts/fetch-data gets it");
  static Training training(2);
  if (!training.error().empty()) return fail(state, training.error());
  const ImageDataset data = load_mnist(folder, Split::train);
  const auto step_seconds = [] {
    constexpr int steps = 10;
    const double start = seconds(CLOCK_MONOTONIC);
    for (int step = 0; step < steps; ++step) training.run();
    return (seconds(CLOCK_MONOTONIC) - start) / steps;
  };

  double step = step_seconds();
  Score score;
  const double start = seconds(CLOCK_MONOTONIC);
  time_loop(state, CLOCK_MONOTONIC, {data.size(), training_flops<Net>, 2},
            [&] { score = train_epoch(training.trainer(), data); });
  const double epoch = (seconds(CLOCK_MONOTONIC) - start) / static_cast<double>(state.iterations());
  step = (step + step_seconds()) / 2;
  if (score.samples != data.size() || !(score.loss() < std::log(10.0)))
    return fail(state, fmt::format("{} images with a loss of {}", score.samples, score.loss()));
  count_images(state, data.size());
  state.counters["step_images"] = 512 / step;
  state.counters["x_step"] = static_cast<double>(data.size()) / epoch / (512 / step);
}

[[maybe_unused]] const bool added = [] {
  const auto add = [](const std::string& name, void (*run)(benchmark::State&)) {
    return benchmark::RegisterBenchmark(name.c_str(), run)->UseRealTime();
  };
  add("training step of 512 images, 1 thread", training_step<1>);
  add("training step of 512 images, 2 threads", training_step<2>);
  add("prediction of 1 image, 1 thread", prediction<1, 1>);
  add("prediction of 64 images, 1 thread", prediction<64, 1>);
  add("prediction of 64 images, 2 threads", prediction<64, 2>);
  add("epoch of MNIST, 2 threads", epoch)->Iterations(1)->Unit(benchmark::kSecond);
  return true;
}();

} // namespace
} // namespace ctnn::bench
