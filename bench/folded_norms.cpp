// What folding is worth: the prediction of 64 images by the seed network with a batch norm behind each
// convolution, against the same network without norms (which does the same work: its time divided by ours
// should be 1) and against norms that run by themselves.

#include <benchmark/benchmark.h>
#include <cstddef>
#include <random>
#include <string>
#include <vector>

#include <ctnn/ctnn.hpp>

#include "measure.hpp"
#include "mnist_net.hpp"
#include "reference_network.hpp"

namespace ctnn::bench {
namespace {

// clang-format off
using Normed = Sequential<
    Input<1, 28, 28>,
    Named<"conv1", Conv2d<32, 3>>,  BatchNorm2d<>,                ReLU,
    Named<"conv2", Conv2d<64, 3>>,  BatchNorm2d<>, MaxPool2d<2>,  ReLU,
    Named<"conv3", Conv2d<128, 3>>, BatchNorm2d<>,                ReLU,
    Named<"conv4", Conv2d<256, 3>>, BatchNorm2d<>, MaxPool2d<2>,  ReLU,
    Flatten,
    Named<"fc1", Linear<50>>,                                     ReLU,
    Named<"fc2", Linear<10>>,                                     LogSoftmax>;
// clang-format on
static_assert(Normed::multiply_adds == Net::multiply_adds);
static_assert(plan::Program<Normed, float>::size == plan::Program<Net, float>::size);

template <class Any>
class Prediction {
public:
  static constexpr std::size_t batch = 64;

  /// Its norms are no identities, and its first outputs are checked.
  Prediction() {
    net_.modify([](auto& tensors) {
      std::mt19937 random(1);
      std::uniform_real_distribution<float> near_one(0.5f, 1.5f);
      for (std::size_t p = 0; p < tensors.size(); ++p)
        if (Any::graph.nodes[Any::graph.parameters[p].node].kind == "BatchNorm2d")
          for (float& value : tensors[p]) value = near_one(random);
    });
    run();
    error_ = difference("y", y_, ReferenceNetwork<Any>(net_, images_, 2).output(), 2e-5);
  }
  const std::string& error() const { return error_; }
  void run() { net_.predict(batch, images_.pixels.data(), y_.data(), workspace_); }

private:
  RandomImages<Any> images_{batch};
  std::vector<float> y_ = std::vector<float>(batch * Any::output_shape.size());
  Network<Any> net_{1};
  Workspace<Any> workspace_;
  std::string error_;
};

void folded_norms(benchmark::State& state) {
  static Prediction<Normed> folded; // kept: Google Benchmark calls this several times
  static Prediction<Net> without;
  static Prediction<With<Normed, fold(false)>> unfolded;
  for (const std::string& error : {folded.error(), without.error(), unfolded.error()})
    if (!error.empty()) return fail(state, error);

  constexpr std::size_t images = Prediction<Normed>::batch;
  const auto run = [] { folded.run(); };
  time_loop(state, CLOCK_THREAD_CPUTIME_ID, {images, 2.0 * Normed::multiply_adds}, run);
  take_turns(state, images, run, "without_norms", images, [] { without.run(); });
  take_turns(state, images, run, "unfolded", images, [] { unfolded.run(); });
}

[[maybe_unused]] const auto* const added =
    benchmark::RegisterBenchmark("prediction of 64 images, norms folded, 1 thread", folded_norms);

} // namespace
} // namespace ctnn::bench
