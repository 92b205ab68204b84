// The seed network as a whole: a training step on a batch of 512, as PyTorch's users time it, and
// the prediction of one image and of 64.

#include <algorithm>
#include <benchmark/benchmark.h>
#include <cstddef>
#include <cstdint>
#include <fmt/format.h>
#include <numeric>
#include <random>
#include <span>
#include <string>
#include <vector>

#include <ctnn/ctnn.hpp>

#include "measure.hpp"
#include "mnist_net.hpp"
#include "reference.hpp"

namespace ctnn::bench {
namespace {

/// Samples that the scalar reference computes as well; it is slow.
constexpr std::size_t checked = 2;

/// Other orders of summation round differently; the seed network came within 1.4e-6.
constexpr double tolerance = 1e-5;

struct RandomImages {
  std::vector<float> pixels;

  explicit RandomImages(std::size_t images) : pixels(images * Net::input_shape.size()) {
    std::mt19937 random;
    std::normal_distribution<float> normal;
    for (float& pixel : pixels) pixel = normal(random);
  }
  std::size_t size() const { return pixels.size() / Net::input_shape.size(); }
  void read(std::size_t i, float* x) const {
    std::copy_n(pixels.data() + i * Net::input_shape.size(), Net::input_shape.size(), x);
  }
  std::uint32_t label(std::size_t i) const {
    return static_cast<std::uint32_t>(i % Net::output_shape.size());
  }
};

/// The network layer by layer in scalar code and double precision, on the first images.
class ReferenceNetwork {
public:
  double loss = 0;

  ReferenceNetwork(const Network<Net>& net, const RandomImages& images) {
    for (std::size_t i = 0; i < Net::node_count; ++i) nodes_.emplace_back(Net::graph, i, checked);
    Workspace<Net> workspace;
    net.write_input(checked, images.pixels.data(), workspace);
    std::copy_n(workspace.value(0), nodes_[0].x.size(), nodes_[0].x.begin());

    for_each_index<Net::node_count>([&](auto i) {
      constexpr const Node& node = Net::graph.nodes[i];
      for (std::size_t p = 0; p < node.parameter_tensors; ++p)
        std::ranges::copy(net.tensor(node.first_parameter + p), nodes_[i].parameters[p].begin());
      OracleOf<i>::forward(nodes_[i]);
      if (i + 1 < Net::node_count) nodes_[i + 1].x = nodes_[i].y;
    });
    for (std::size_t sample = 0; sample < checked; ++sample) {
      const std::size_t at = sample * Net::output_shape.size() + images.label(sample);
      loss -= nodes_.back().y[at] / checked;
      nodes_.back().dy[at] = -1.0 / checked;
    }
    for_each_index<Net::node_count>([&](auto reversed) {
      constexpr std::size_t i = Net::node_count - 1 - reversed;
      OracleOf<i>::backward(nodes_[i]);
      if constexpr (i > 0) nodes_[i - 1].dy = nodes_[i].dx;
    });
  }

  const std::vector<double>& output() const { return nodes_.back().y; }
  const std::vector<double>& gradient(std::size_t p) const {
    const std::size_t node = Net::graph.parameters[p].node;
    return nodes_[node].gradients[p - Net::graph.nodes[node].first_parameter];
  }

private:
  template <std::size_t I>
  using OracleOf =
      Reference<Layout<Net, double>::layer<I>, Net::graph.nodes[I].input_shape, double>;

  std::vector<Chunk<double>> nodes_;
};

/// 2 passes backward for each layer, but for the first, which needs no dx.
constexpr double training_flops =
    2.0 * static_cast<double>(3 * Net::multiply_adds - Net::nodes[0].multiply_adds);

class TrainingStep {
public:
  static constexpr std::size_t batch = 512;

  /// Its first step is checked, and it is warm.
  explicit TrainingStep(std::size_t threads)
      : trainer_(net_, NLLLoss{}, SGD{.lr = 0.01, .momentum = 0.9}, {.threads = threads}) {
    std::iota(indices_.begin(), indices_.end(), 0u);
    const ReferenceNetwork reference(net_, images_);
    const auto loss =
        static_cast<float>(trainer_.step(images_, std::span(indices_).first(checked)).loss());
    error_ = difference("loss", {&loss, 1}, std::vector{reference.loss}, tolerance);
    for (std::size_t p = 0; p < net_.tensors && error_.empty(); ++p)
      error_ = difference(Net::graph.parameters[p].name.view(), trainer_.gradient(p),
                          reference.gradient(p), tolerance);
    for (int warm = 0; warm < 3; ++warm) run();
  }
  const std::string& error() const { return error_; }

  void run() { trainer_.step(images_, indices_); }

private:
  RandomImages images_{batch};
  std::vector<std::uint32_t> indices_ = std::vector<std::uint32_t>(batch);
  Network<Net> net_{1};
  Trainer<Net, NLLLoss, SGD> trainer_;
  std::string error_;
};

class Prediction {
public:
  explicit Prediction(std::size_t batch)
      : images_(std::max(batch, checked)), y_(images_.size() * Net::output_shape.size()) {
    predict(checked);
    error_ = difference("y", y_, ReferenceNetwork(net_, images_).output(), tolerance);
  }
  const std::string& error() const { return error_; }

  void predict(std::size_t batch) {
    net_.predict(batch, images_.pixels.data(), y_.data(), workspace_);
  }

private:
  RandomImages images_;
  std::vector<float> y_;
  Network<Net> net_{1};
  Workspace<Net> workspace_;
  std::string error_;
};

void count_images(benchmark::State& state, std::size_t images) {
  using benchmark::Counter;
  state.counters["images"] =
      Counter(static_cast<double>(images), Counter::kIsIterationInvariantRate);
}

template <std::size_t Threads>
void training_step(benchmark::State& state) {
  static TrainingStep step(Threads); // kept: Google Benchmark calls this several times
  if (!step.error().empty()) return fail(state, step.error());
  time_loop(state, CLOCK_MONOTONIC, {step.batch, training_flops, Threads}, [] { step.run(); });
  count_images(state, step.batch);
}

template <std::size_t Batch>
void prediction(benchmark::State& state) {
  static Prediction one(Batch);
  if (!one.error().empty()) return fail(state, one.error());
  time_loop(state, CLOCK_THREAD_CPUTIME_ID, {Batch, 2.0 * Net::multiply_adds},
            [] { one.predict(Batch); });
  count_images(state, Batch);
}

[[maybe_unused]] const bool added = [] {
  const auto add = [](const std::string& name, void (*run)(benchmark::State&)) {
    return benchmark::RegisterBenchmark(name.c_str(), run);
  };
  add("training step of 512 images, 1 thread", training_step<1>)->UseRealTime();
  add("training step of 512 images, 2 threads", training_step<2>)->UseRealTime();
  add("prediction of 1 image", prediction<1>);
  add("prediction of 64 images", prediction<64>);
  return true;
}();

} // namespace
} // namespace ctnn::bench
