#pragma once
// The networks of examples/mlperf_tiny.hpp against the answers of PyTorch and Keras.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <ctnn/infer.hpp>
#include <ctnn/io/state_dict.hpp>

#include "../../examples/keras_names.hpp"
#include "../../examples/mlperf_tiny.hpp"
#include "support/catch.hpp"
#include "support/hashed_weights.hpp"
#include "support/reference.hpp"

namespace ctnn::test {

/// The largest error of a network's answers, as a part of the largest answer.
template <class Net, class T, class Expected>
double distance(const Network<Net, T>& net, const std::vector<T>& x, const Expected& expected) {
  std::vector<T> y(expected.size());
  Workspace<Net, T> workspace;
  net.predict(y.size() / Net::output_shape.size(), x.data(), y.data(), workspace);
  double largest = 0, apart = 0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    largest = std::max(largest, std::abs(static_cast<double>(expected[i])));
    const double error = std::abs(static_cast<double>(y[i]) - static_cast<double>(expected[i]));
    if (!(error <= apart)) apart = error; // NaN is an error too
  }
  return apart / largest;
}

template <class Net, class T>
void answers_as_pytorch(const std::string& name, double tolerance) {
  INFO(name << (sizeof(T) == 4 ? " in float" : " in double"));
  const auto expected = reference("mlperf_tiny.json")[name];
  const auto samples = expected["samples"].get<std::size_t>();
  StateDict list;
  for (const auto& parameter : Net::graph.parameters)
    list.entries.push_back(
        {std::string(parameter.name.view()),
         {parameter.shape.extent, parameter.shape.extent + parameter.shape.rank}});
  Network<Net, T> net;
  load_hashed_weights(net, list);
  const auto x = hashed_images<T>("input " + name, samples * Net::input_shape.size());
  CHECK(distance(net, x, numbers(expected["logits"])) <= tolerance);
}

/// With the weights of mlperf_tiny_<model>.safetensors in the folder that CTNN_ZOO names, and the answers
/// beside them, of four samples.
template <class Net>
void answers_as_keras(const std::string& model) {
  const char* const folder = std::getenv("CTNN_ZOO");
  if (folder == nullptr) {
    WARN("skipped: CTNN_ZOO does not name the folder of mlperf_tiny_" << model << ".safetensors");
    return;
  }
  const auto file = [&](const std::string& end) {
    return std::filesystem::path(folder) / ("mlperf_tiny_" + model + end);
  };
  Network<Net> net;
  load_state_dict(net, file(".safetensors"), keras_names<Net>());

  constexpr std::size_t samples = 4;
  const Shape in = Net::input_shape, out = Net::output_shape;
  std::vector<float> x(samples * in.size()), logits(samples * out.size());
  const auto batched = [](Shape shape) {
    std::vector<std::uint64_t> extents{samples};
    extents.insert(extents.end(), shape.extent, shape.extent + shape.rank);
    return extents;
  };
  const std::vector<io::ParameterSlot<float>> slots{{"input", batched(in), x.data()},
                                                    {"logits", batched(out), logits.data()}};
  io::load_parameters<float>(file(".answers.safetensors"), std::span(slots));
  CHECK(distance(net, x, logits) <= 1e-4);
}

} // namespace ctnn::test
