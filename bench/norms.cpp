// What a norm costs a training step of ResNet-8 and ResNet-20, 128 images, 1 thread, in turns: one by the
// statistics of the batch against frozen ones, against groups of 32 and GroupNorm; and what a Checkpoint
// around each of six residual blocks costs, in time and memory.

#include <benchmark/benchmark.h>
#include <cstddef>

#include <ctnn/ctnn.hpp>

#include "driver.hpp"
#include "measure.hpp"
#include "resnets.hpp"
#include "training_step.hpp"

namespace ctnn::bench {
namespace {

constexpr std::size_t images = 128;
template <class Net>
TrainingStep<Net, images>& step() {
  static TrainingStep<Net, images> only(
      /*threads=*/1); // kept: Google Benchmark calls this several times
  return only;
}

template <template <class, class...> class ResNet>
void norms(benchmark::State& state) {
  using Batch = ResNet<BatchNorm2d<>, LogSoftmax>;
  const auto ours = [] { step<Batch>().run(); };
  ours(); // the first one makes it
  time_loop(state, CLOCK_THREAD_CPUTIME_ID, {images, training_flops<Batch>}, ours);
  take_turns(state, images, ours, "frozen", images,
             [] { step<ResNet<Frozen<BatchNorm2d<>>, LogSoftmax>>().run(); });
  take_turns(state, images, ours, "ghost32", images,
             [] { step<ResNet<BatchNorm2d<ghost(32)>, LogSoftmax>>().run(); });
  take_turns(state, images, ours, "group_norm", images,
             [] { step<ResNet<GroupNorm<8>, LogSoftmax>>().run(); });
}

using Block = Residual<Sequential<Conv2d<32, 3, padding(1)>, GroupNorm<8>, ReLU,
                                  Conv2d<32, 3, padding(1)>, GroupNorm<8>>>;
template <class L>
using Six = Sequential<Input<3, 32, 32>, Conv2d<32, 3, padding(1)>, L, L, L, L, L, L,
                       AdaptiveAvgPool2d<1>, Flatten, Linear<10>, LogSoftmax>;

/// Kilobytes of activations that a sample takes while it trains.
template <class Net>
constexpr double memory = [] {
  using Program = plan::Program<Net, float>;
  return plan::plan_buffers(Program::graph, plan::Mode::training, 1).size * sizeof(float) / 1024.0;
}();

void checkpoint(benchmark::State& state) {
  const auto ours = [] { step<Six<Checkpoint<Block>>>().run(); };
  ours();
  time_loop(state, CLOCK_THREAD_CPUTIME_ID, {images, training_flops<Six<Block>>}, ours);
  take_turns(state, images, ours, "kept", images, [] { step<Six<Block>>().run(); });
  state.counters["KB"] = memory<Six<Checkpoint<Block>>>;
  state.counters["KB_kept"] = memory<Six<Block>>;
}

[[maybe_unused]] const benchmark::internal::Benchmark* const added[]{
    benchmark::RegisterBenchmark("ResNet-8, batch norms", norms<ResNet8>),
    benchmark::RegisterBenchmark("ResNet-20, batch norms", norms<ResNet20>),
    benchmark::RegisterBenchmark("six blocks, each a Checkpoint", checkpoint)};

} // namespace
} // namespace ctnn::bench

int main(int argc, char** argv) { return ctnn::bench::run_benchmarks(argc, argv); }
