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
#include <nlohmann/json.hpp>

#include <ctnn/ctnn.hpp>

#include "../measure.hpp"
#include "../one_group.hpp"
#include "../reference_network.hpp"
#include "../training_step.hpp"
#include "list.hpp"

namespace ctnn::bench {

namespace detail {

/// What a layer was written with that its node does not tell, as arguments of PyTorch's constructor.
template <class L>
struct Arguments {
  static void add(nlohmann::json&) {}
};
template <int Groups, auto... Options>
struct Arguments<GroupNorm<Groups, Options...>> {
  static void add(nlohmann::json& layer) {
    constexpr auto rule =
        ctnn::detail::group_norm_rule<Groups, ctnn::detail::group_norm_options<Options...>>;
    layer["num_groups"] = Groups;
    layer["eps"] = rule.eps;
    layer["affine"] = rule.weight;
  }
};
template <Size2d Output>
struct Arguments<AdaptiveAvgPool2d<Output>> {
  static void add(nlohmann::json& layer) { layer["output_size"] = {Output.height, Output.width}; }
};

template <Size2d K, auto... Options>
struct Arguments<MaxPool2d<K, Options...>> {
  static void add(nlohmann::json& layer) {
    layer["ceil_mode"] = MaxPool2d<K, Options...>::window.ceil_mode;
  }
};
template <Size2d K, auto... Options>
struct Arguments<AvgPool2d<K, Options...>> {
  static void add(nlohmann::json& layer) {
    using Pool = AvgPool2d<K, Options...>;
    layer["ceil_mode"] = Pool::window.ceil_mode;
    layer["count_include_pad"] = Pool::geometry({1, K.height, K.width}).count_include_pad;
  }
};
template <int Factor>
struct Arguments<PixelShuffle<Factor>> {
  static void add(nlohmann::json& layer) { layer["upscale_factor"] = Factor; }
};
template <Size2d Scale, auto... Options>
struct Arguments<Upsample<Scale, Options...>> {
  static void add(nlohmann::json& layer) {
    using L = Upsample<Scale, Options...>;
    layer["scale_factor"] = {Scale.height, Scale.width};
    layer["mode"] = L::bilinear ? "bilinear" : "nearest";
    if (L::bilinear) layer["align_corners"] = L::geometry({1, 1, 1}).align_corners;
  }
};
template <int... Sides>
struct Arguments<ZeroPad2d<Sides...>> {
  static void add(nlohmann::json& layer) {
    const auto g = ZeroPad2d<Sides...>::geometry({1, 1, 1});
    layer["padding"] = {g.left, g.right, g.top, g.bottom};
  }
};

template <class L>
nlohmann::json describe(const ctnn::detail::Node& node) {
  nlohmann::json layer{{"kind", std::string(std::string_view(node.kind))}};
  if constexpr (requires { L::window; }) {
    const auto pair = [](Size2d size) { return nlohmann::json{size.height, size.width}; };
    layer["kernel_size"] = pair(L::window.kernel);
    layer["stride"] = pair(L::window.stride);
    const auto sides =
        L::window.geometry(node.input_shape); // of a convolution's, as of a pooling's
    layer["padding"] = {sides.padding_top, sides.padding_left};
  }
  if (node.kind == "Conv2d") {
    layer["in_channels"] = node.input_shape.channels();
    layer["out_channels"] = node.output_shape.channels();
    layer["bias"] = node.parameter_tensors > 1;
  } else if (node.kind == "Linear") {
    layer["in_features"] = node.input_shape.size();
    layer["out_features"] = node.output_shape.size();
    layer["bias"] = node.parameter_tensors > 1;
  } else if (node.kind == "LogSoftmax") {
    layer["dim"] = 1;
  } else if (node.kind == "GroupNorm") {
    layer["num_channels"] = node.input_shape.channels();
  } else if constexpr (requires { L::is_affine; }) { // batch norms
    layer["num_features"] = node.input_shape.channels();
    layer["eps"] = L::epsilon;
    layer["affine"] = L::is_affine;
  }
  Arguments<L>::add(layer);
  return layer;
}

/// Net's nodes but for forks, in the order in which they run: what they are, and the values that they take
/// and make. What a fork makes is told by the number of what it takes.
template <class Net>
nlohmann::json describe_all(const std::string& name) {
  constexpr const auto& graph = Net::graph;
  nlohmann::json layers = nlohmann::json::array(), input = nlohmann::json::array();
  std::vector<std::size_t> number(graph.values.size());
  std::iota(number.begin(), number.end(), std::size_t{0});
  ctnn::detail::for_each_index<Net::node_count>([&](auto i) {
    constexpr const ctnn::detail::Node& node = graph.nodes[i];
    if constexpr (node.is_fork()) {
      for (std::size_t k = 0; k < node.outputs; ++k)
        number[graph.output_of(i, k)] = number[graph.input_of(i)];
    } else {
      nlohmann::json layer{{"kind", std::string(std::string_view(node.kind))}};
      if constexpr (node.is_layer())
        layer = describe<typename plan::Program<Net, float>::template leaf<i>>(node);
      if (is_frozen<Net, i>) layer["frozen"] = true;
      for (std::size_t k = 0; k < node.inputs; ++k)
        layer["takes"].push_back(number[graph.input_of(i, k)]);
      layer["makes"] = graph.output_of(i);
      layers.push_back(layer);
    }
  });
  for (std::size_t axis = 0; axis < Net::input_shape.rank; ++axis)
    input.push_back(Net::input_shape[axis]);
  return {{"name", name}, {"input", input}, {"layers", layers}};
}

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
  step.run();
  time_loop(state, CLOCK_MONOTONIC, {Step::batch, training_flops<Net>, 2}, [] { step.run(); });
  state.counters["images"] = benchmark::Counter(static_cast<double>(Step::batch),
                                                benchmark::Counter::kIsIterationInvariantRate);
}

} // namespace detail

/// The result is for a namespace-scope constant, whose initialisation makes the call.
template <class Net>
bool add_shape(const std::string& name, Net) {
  shapes().push_back(detail::describe_all<Net>(name));
  benchmark::RegisterBenchmark(name.c_str(), detail::train<Net>)->UseRealTime();
  return true;
}

} // namespace ctnn::bench
