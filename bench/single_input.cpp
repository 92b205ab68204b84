// ctnn_single_input: small networks that predict one sample at a time, for rivals/single_input.py.
//
//   --describe   prints them as JSON, for the rival to build the same
//   NAME         prints what the network answers; then, for each line with a number of seconds on its input,
//                the nanoseconds that a prediction took while it predicted for so long
// Weights and the sample are a formula of their names: tests/reference/hashed.py.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <iostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include <ctnn/ctnn.hpp>

#include "../examples/mlperf_tiny.hpp"
#include "../tests/support/hashed_weights.hpp"
#include "describe.hpp"

namespace ctnn::bench {
namespace {

/// Barely more than what it costs to call a network at all.
using Perceptron = Sequential<Input<8>, Linear<32>, ReLU, Linear<20>, ReLU, Linear<4>>;
static_assert(Perceptron::parameter_count == 1'032);

template <class Net>
Network<Net> hashed_network() {
  Network<Net> net;
  net.modify([](auto& tensors) {
    for (std::size_t p = 0; p < tensors.size(); ++p) {
      const ctnn::detail::ParameterNode& parameter = Net::graph.parameters[p];
      std::vector<std::uint64_t> shape;
      for (std::size_t axis = 0; axis < parameter.shape.rank; ++axis)
        shape.push_back(parameter.shape[axis]);
      std::ranges::copy(test::hashed_tensor(parameter.name.view(), shape), tensors[p].begin());
    }
  });
  return net;
}

/// It stands still while others have the core.
double thread_nanoseconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return 1e9 * static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec);
}

template <class Net>
void predict() {
  const Network<Net> net = hashed_network<Net>();
  const auto x = test::hashed_images<float>("input", Net::input_shape.size());
  std::vector<float> y(Net::output_shape.size());
  Workspace<Net> workspace;
  const auto nanoseconds = [&](std::size_t calls) {
    const double start = thread_nanoseconds();
    for (std::size_t call = 0; call < calls; ++call) {
      net.predict(1, x.data(), y.data(), workspace);
      asm volatile("" ::: "memory"); // as if x were new and y were read
    }
    return thread_nanoseconds() - start;
  };

  std::size_t calls = 1;
  double took = nanoseconds(calls);
  std::cout << nlohmann::json(y).dump() << std::endl;
  for (double seconds; std::cin >> seconds;) {
    calls = std::max<std::size_t>(1, static_cast<std::size_t>(1e9 * seconds / took));
    took = nanoseconds(calls) / static_cast<double>(calls);
    std::cout << took << std::endl;
  }
}

struct Entry {
  std::string name;
  nlohmann::json (*describe)(const std::string&);
  void (*predict)();
};
template <class Net>
Entry entry(const std::string& name) {
  return {name, describe<Net>, predict<Net>};
}

int main(std::span<char*> arguments) {
  const Entry all[]{
      entry<mlperf_tiny::KeywordSpotting>("keyword spotting"),
      entry<mlperf_tiny::VisualWakeWords>("visual wake words"),
      entry<mlperf_tiny::ResNet8>("ResNet-8"),
      entry<mlperf_tiny::AnomalyDetection>("anomaly detection"),
      entry<mlperf_tiny::StreamingWakeWord>("streaming wake word"),
      entry<Perceptron>("perceptron 8-32-20-4"),
  };
  const std::string_view asked = arguments.size() == 2 ? arguments[1] : "";
  if (asked == "--describe") {
    nlohmann::json descriptions;
    for (const Entry& one : all) descriptions.push_back(one.describe(one.name));
    std::cout << descriptions << std::endl;
    return 0;
  }
  const auto* const found = std::ranges::find(all, asked, &Entry::name);
  if (found == std::end(all)) {
    std::cerr << "usage: ctnn_single_input --describe | NAME\n";
    return 2;
  }
  found->predict();
  return 0;
}

} // namespace
} // namespace ctnn::bench

int main(int argc, char** argv) {
  return ctnn::bench::main({argv, static_cast<std::size_t>(argc)});
}
