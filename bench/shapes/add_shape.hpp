#pragma once
// add_shape("name", Net{}): the network's training step as a benchmark, and its layers as JSON.

#include <algorithm>
#include <benchmark/benchmark.h>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <ctnn/ctnn.hpp>

#include "../measure.hpp"
#include "../one_group.hpp"
#include "../reference_network.hpp"
#include "../training_step.hpp"
#include "list.hpp"

namespace ctnn::bench {

namespace detail {

template <class L>
nlohmann::json describe(const ctnn::detail::Node& node) {
  nlohmann::json layer{{"kind", std::string(std::string_view(node.kind))}};
  if constexpr (requires { L::window; }) {
    const auto pair = [](Size2d size) { return nlohmann::json{size.height, size.width}; };
    layer["kernel_size"] = pair(L::window.kernel);
    layer["stride"] = pair(L::window.stride);
    layer["padding"] = pair(L::window.padding);
  }
  if (node.kind == "Conv2d") {
    layer["in_channels"] = node.input_shape.channels();
    layer["out_channels"] = node.output_shape.channels();
  } else if (node.kind == "Linear") {
    layer["in_features"] = node.input_shape.size();
    layer["out_features"] = node.output_shape.size();
  } else if (node.kind == "LogSoftmax") {
    layer["dim"] = 1;
  }
  return layer;
}

/// Each group of layers by itself, on few samples, and the loss of the whole: what is wrong with
/// them, or nothing. (The gradients of the whole would differ wherever rounding decides which
/// element wins a pooling window.)
template <class Net, class Step>
std::string check(Step& step) {
  std::string error;
  for_each_group<Net>([&](auto first) {
    if (!error.empty()) return;
    constexpr std::size_t few = std::min<std::size_t>(3, plan::Program<Net, float>::chunk);
    error = OneGroup<Net, first, few>().error();
    if (!error.empty())
      error = std::string(std::string_view(Net::graph.nodes[first].name.view())) + " " + error;
  });
  if (!error.empty()) return error;
  constexpr std::size_t samples = 2;
  const double expected = ReferenceNetwork<Net>(step.net(), step.images(), samples).loss();
  std::vector<std::uint32_t> first(samples);
  std::iota(first.begin(), first.end(), 0u);
  const auto loss = static_cast<float>(step.trainer().step(step.images(), first).loss());
  return difference("loss", {&loss, 1}, std::vector{expected}, 2e-5);
}

template <class Net>
void train(benchmark::State& state) {
  using Step = TrainingStep<Net, 128>;
  static Step step(2); // kept: Google Benchmark calls this several times
  static const std::string error = check<Net>(step);
  if (!error.empty()) return fail(state, error);
  step.run();
  time_loop(state, CLOCK_MONOTONIC, {Step::batch, training_flops<Net>, 2}, [] { step.run(); });
  state.counters["images"] = benchmark::Counter(static_cast<double>(Step::batch),
                                                benchmark::Counter::kIsIterationInvariantRate);
}

} // namespace detail

/// The result is for a namespace-scope constant, whose initialisation makes the call.
template <class Net>
bool add_shape(const std::string& name, Net) {
  nlohmann::json layers = nlohmann::json::array();
  ctnn::detail::for_each_index<Net::node_count>([&](auto i) {
    layers.push_back(detail::describe<typename plan::Program<Net, float>::template leaf<i>>(
        Net::graph.nodes[i]));
  });
  nlohmann::json input = nlohmann::json::array();
  for (std::size_t axis = 0; axis < Net::input_shape.rank; ++axis)
    input.push_back(Net::input_shape[axis]);
  shapes().push_back({{"name", name}, {"input", input}, {"layers", layers}});
  benchmark::RegisterBenchmark(name.c_str(), detail::train<Net>)->UseRealTime();
  return true;
}

} // namespace ctnn::bench
