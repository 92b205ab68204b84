#pragma once
// add_shape("name", Net{}): the network's training step as a benchmark, and its layers as JSON.

#include <algorithm>
#include <benchmark/benchmark.h>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include <ctnn/ctnn.hpp>

#include "../describe.hpp"
#include "../measure.hpp"
#include "../one_group.hpp"
#include "../reference_network.hpp"
#include "../training_step.hpp"
#include "list.hpp"

namespace ctnn::bench {

namespace detail {

template <class Net>
constexpr bool branches = [] {
  for (const ctnn::detail::Node& node : Net::graph.nodes)
    if (!node.is_layer()) return true;
  return false;
}();

/// How far `got` is from what is expected, as vectors: one line if that is more than the tolerance, in
/// units of the length of what is expected.
inline std::string distance(std::string_view what, std::span<const float> got,
                            const std::vector<double>& expected, double tolerance) {
  double apart = 0, length = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    apart += std::pow(got[i] - expected[i], 2);
    length += std::pow(expected[i], 2);
  }
  if (std::sqrt(apart) <= tolerance * std::sqrt(length)) return {};
  return fmt::format("{}: expected a vector of length {}, found one that is {} away", what,
                     std::sqrt(length), std::sqrt(apart));
}

/// Each group of layers by itself, on few samples, and the loss of the whole: what is wrong with
/// them, or nothing. (The gradients of the whole differ wherever rounding decides which element wins a
/// pooling window.) Of a network that branches its gradients too, roughly: a wrong edge is not a small one.
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
  ReferenceNetwork<Net> reference(step.net(), step.images(), samples);
  std::vector<std::uint32_t> first(samples);
  std::iota(first.begin(), first.end(), 0u);
  const auto loss = static_cast<float>(step.trainer().step(step.images(), first).loss());
  error = difference("loss", {&loss, 1}, std::vector{reference.loss()}, 2e-5);
  if constexpr (branches<Net>) {
    reference.backward();
    for (std::size_t p = 0; p < Net::graph.parameters.size() && error.empty(); ++p)
      if (Net::graph.parameters[p].trained)
        error = distance(Net::graph.parameters[p].name.view(), step.trainer().gradient(p),
                         reference.gradient(p), 0.02);
  }
  return error;
}

template <class Net>
void train(benchmark::State& state) {
  using Step = TrainingStep<Net, 128>;
  static Step step(2); // kept: Google Benchmark calls this several times
  static const std::string error = check<Net>(step);
  if (!error.empty()) return fail(state, error);
  const auto images = static_cast<std::size_t>(state.range(0));
  step.run(images);
  time_loop(state, CLOCK_MONOTONIC, {images, training_flops<Net>, 2},
            [images] { step.run(images); });
  state.counters["images"] = benchmark::Counter(static_cast<double>(images),
                                                benchmark::Counter::kIsIterationInvariantRate);
}

} // namespace detail

/// The result is for a namespace-scope constant, whose initialisation makes the call.
template <class Net>
bool add_shape(const std::string& name, Net) {
  shapes().push_back(describe<Net>(name));
  benchmark::RegisterBenchmark(name.c_str(), detail::train<Net>)->Arg(128)->Arg(32)->UseRealTime();
  return true;
}

} // namespace ctnn::bench
