// What freezing is worth: a training step of the seed network's last layer alone, all before it frozen,
// against a step of all layers, and against the prediction of as many images, which is the least that it
// could take.

#include <algorithm>
#include <benchmark/benchmark.h>
#include <cstddef>
#include <string>
#include <vector>

#include <ctnn/ctnn.hpp>

#include "measure.hpp"
#include "mnist_net.hpp"
#include "training_step.hpp"

namespace ctnn::bench {
namespace {

using LastLayer = Sequential<Input<1, 28, 28>,
                             Frozen<Named<"conv1", Conv2d<32, 3>>, ReLU,                //
                                    Named<"conv2", Conv2d<64, 3>>, MaxPool2d<2>, ReLU,  //
                                    Named<"conv3", Conv2d<128, 3>>, ReLU,               //
                                    Named<"conv4", Conv2d<256, 3>>, MaxPool2d<2>, ReLU, //
                                    Flatten, Named<"fc1", Linear<50>>, ReLU>,
                             Named<"fc2", Linear<10>>, LogSoftmax>;
static_assert(LastLayer::parameter_count == Net::parameter_count);
static_assert(LastLayer::trainable_count == 50 * 10 + 10);

constexpr std::size_t batch = 512;

/// What is wrong with a step of the last layer beside one of all, from the same weights: it has the same
/// gradients, and moves nothing else.
std::string check(TrainingStep<LastLayer, batch>& last, TrainingStep<Net, batch>& all) {
  const Network<Net> before(1);
  last.run();
  all.run();
  std::string error;
  for (std::size_t p = 0; p < Network<Net>::tensors && error.empty(); ++p) {
    const auto name = Net::graph.parameters[p].name.view();
    if (LastLayer::graph.parameters[p].trained) {
      const auto expected = all.trainer().gradient(p);
      error = difference(name, last.trainer().gradient(p),
                         std::vector(expected.begin(), expected.end()), 2e-5);
    } else if (!std::ranges::equal(last.net().tensor(p), before.tensor(p))) {
      error = "a frozen parameter has moved";
    }
  }
  return error;
}

void last_layer(benchmark::State& state) {
  static TrainingStep<LastLayer, batch> last(1); // kept: Google Benchmark calls this several times
  static TrainingStep<Net, batch> all(1);
  static const std::string error = check(last, all);
  if (!error.empty()) return fail(state, error);
  static Workspace<LastLayer> workspace;
  static std::vector<float> y(batch * LastLayer::output_shape.size());

  const auto run = [] { last.run(); };
  // The products of one pass forward, and twice those of the last layer.
  const double flops = 2.0 * static_cast<double>(Net::multiply_adds + 50 * 10);
  time_loop(state, CLOCK_THREAD_CPUTIME_ID, {batch, flops}, run);
  take_turns(state, batch, run, "all_layers", batch, [] { all.run(); });
  take_turns(state, batch, run, "forward", batch,
             [] { last.net().predict(batch, last.images().pixels.data(), y.data(), workspace); });
}

[[maybe_unused]] const auto* const added = benchmark::RegisterBenchmark(
    "training step of 512 images, last layer alone, 1 thread", last_layer);

} // namespace
} // namespace ctnn::bench
