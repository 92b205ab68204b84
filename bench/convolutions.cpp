// ctnn_convolutions: shapes that the seed network has not, kernel by kernel, 16 images with a ReLU behind:
// forward, the gradient by the input, by the parameters, and both, as shares of the FMA peak, and of what
// memory allows: a loop that reads and writes the same images, each once, in turns with the kernel.
// The larger share is of what binds.
// Arguments go to Google Benchmark: --benchmark_filter=depthwise

#include <benchmark/benchmark.h>
#include <cstddef>
#include <string>
#include <vector>

#include <ctnn/kernels/all.hpp>
#include <ctnn/network/aligned_block.hpp>

#include "driver.hpp"
#include "measure.hpp"

namespace ctnn::bench {
namespace {

using kernels::Conv2dGeometry;

constexpr std::size_t images = 16;
using Block = ctnn::detail::AlignedBlock<float>;

/// Reads some images, and writes others unless that is null, as a pass over them does: image by image.
[[gnu::noinline]] void touch(const std::vector<const Block*>& read, Block* written) {
  using vec = simd::vec<float>;
  constexpr std::size_t step = 4 * simd::lanes<float>; // four sums, so that none waits for the last
  vec sum[4]{vec(0), vec(0), vec(0), vec(0)};
  const auto each = [&](std::size_t image, std::size_t size, auto f) {
    for (std::size_t i = image * size; i + step <= (image + 1) * size; i += step)
      simd::unroll<4>([&](auto j) { f(i + j * simd::lanes<float>, sum[j]); });
  };
  for (std::size_t image = 0; image < images; ++image) {
    for (const Block* from : read)
      each(image, from->size() / images,
           [&](std::size_t i, vec& s) { s = s + simd::load(from->data() + i); });
    if (written != nullptr)
      each(image, written->size() / images,
           [&](std::size_t i, vec& s) { simd::store(written->data() + i, s); });
  }
  benchmark::DoNotOptimize(simd::reduce_add<float>(sum[0] + sum[1] + sum[2] + sum[3]));
}

template <Conv2dGeometry G, kernels::ConvolutionAlgorithm A>
struct Convolution {
  using Kernel = kernels::conv2d<float, G, A, kernels::epilogue<1, kernels::relu>>;

  static Block block(std::size_t size) {
    Block made(size);
    for (std::size_t i = 0; i < size; ++i) made.data()[i] = static_cast<float>(i % 7) - 3;
    return made;
  }

  Block x = block(images * G.input_size()), dx = block(images * G.input_size()),
        y = block(images * G.output_size()), dy = block(images * G.output_size()),
        weight = block(G.weight_size()), derived = block(Kernel::derived_size),
        gradient = block(Kernel::derived_gradient_size), scratch = block(Kernel::scratch_size + 1);

  Convolution() {
    const float* const parameters[]{weight.data()};
    for (std::size_t task = 0; task < Kernel::derive_tasks; ++task)
      Kernel::derive(task, parameters, derived.data());
  }
  void forward() {
    Kernel::forward({.n = images,
                     .x = x.data(),
                     .y = y.data(),
                     .tape = nullptr,
                     .derived = derived.data(),
                     .scratch = scratch.data()});
  }
  template <bool Input, bool Parameters>
  void backward() {
    Kernel::template backward<Input, Parameters>({.n = images,
                                                  .x = x.data(),
                                                  .y = y.data(),
                                                  .tape = nullptr,
                                                  .derived = derived.data(),
                                                  .dy = dy.data(),
                                                  .dx = dx.data(),
                                                  .derived_gradient = gradient.data(),
                                                  .scratch = scratch.data()});
  }
};

template <Conv2dGeometry G, kernels::ConvolutionAlgorithm A>
bool add(const std::string& name) {
  using Case = Convolution<G, A>;
  using Of = Block Case::*;
  const auto pass = [&](const char* what, double passes, void (*run)(Case&), std::vector<Of> read,
                        Of written) {
    benchmark::RegisterBenchmark((name + "/" + what).c_str(), [=](benchmark::State& state) {
      Case one;
      run(one);
      time_loop(state, CLOCK_THREAD_CPUTIME_ID,
                {images, passes * 2 * static_cast<double>(G.multiply_adds())}, [&] { run(one); });
      std::vector<const Block*> from;
      for (const Of of : read) from.push_back(&(one.*of));
      Block* const to = written == nullptr ? nullptr : &(one.*written);
      take_turns(
          state, images, [&] { run(one); }, "memory", images, [&] { touch(from, to); });
      const double memory = 100 * state.counters["x_memory"];
      state.counters["%memory"] = memory;
      state.SetLabel(memory > state.counters["%peak"] ? "memory binds" : "FMA binds");
    });
  };
  pass(
      "forward", 1, [](Case& one) { one.forward(); }, {&Case::x}, &Case::y);
  pass(
      "dx", 1, [](Case& one) { one.template backward<true, false>(); }, {&Case::y, &Case::dy},
      &Case::dx);
  pass(
      "dweight", 1, [](Case& one) { one.template backward<false, true>(); },
      {&Case::x, &Case::y, &Case::dy}, nullptr);
  pass(
      "backward", 2, [](Case& one) { one.template backward<true, true>(); },
      {&Case::x, &Case::y, &Case::dy}, &Case::dx);
  return true;
}

/// With a border all around if the stride is 1, and below and at the right if it is 2, as "same" has it.
template <std::size_t Channels, std::size_t Height, std::size_t Width, std::size_t Stride>
bool add_depthwise(const std::string& name) {
  constexpr std::size_t before = Stride == 1 ? 1 : 0;
  return add<Conv2dGeometry{Channels, Height, Width, Channels, 3, 3, Stride, Stride, before, before,
                            1, 1, 1, 1, Channels},
             direct>("depthwise 3x3 " + name);
}
template <std::size_t In, std::size_t Out, std::size_t Side>
bool add_pointwise(const std::string& name) {
  return add<Conv2dGeometry{In, Side, Side, Out, 1, 1, 1, 1, 0, 0}, direct>("pointwise " + name);
}

constexpr Conv2dGeometry five{32, 16, 16, 64, 5, 5, 1, 1, 2, 2},
    row{32, 32, 32, 48, 1, 5, 1, 1, 0, 0}, narrow{16, 32, 32, 32, 3, 3, 2, 2, 1, 1},
    half{32, 16, 16, 64, 3, 3, 2, 2, 1, 1}, wide{64, 28, 28, 128, 3, 3, 2, 2, 1, 1};

[[maybe_unused]] const bool added[]{
    add_depthwise<64, 25, 5, 1>("64x25x5"),
    add_depthwise<32, 24, 24, 1>("32x24x24"),
    add_depthwise<16, 48, 48, 2>("16x48x48, stride 2"),
    add_pointwise<16, 32, 24>("16-32"),
    add_pointwise<64, 64, 12>("64-64"),
    add_pointwise<640, 128, 1>("linear 640-128"),
    add<five, direct>("5x5 32-64, direct"),
    add<five, winograd(4)>("5x5 32-64, winograd(4)"),
    add<row, direct>("1x5 32-48, direct"),
    add<row, winograd(4)>("1x5 32-48, winograd(4)"),
    add<narrow, direct>("3x3 of stride 2, 16-32, direct"),
    add<narrow, winograd(4)>("3x3 of stride 2, 16-32, winograd(4)"),
    add<half, direct>("3x3 of stride 2, 32-64, direct"),
    add<half, winograd(4)>("3x3 of stride 2, 32-64, winograd(4)"),
    add<wide, direct>("3x3 of stride 2, 64-128, direct"),
    add<wide, winograd(2)>("3x3 of stride 2, 64-128, winograd(2)"),
};

} // namespace
} // namespace ctnn::bench

int main(int argc, char** argv) { return ctnn::bench::run_benchmarks(argc, argv); }
