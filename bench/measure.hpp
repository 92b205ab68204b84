#pragma once
// The timed loop of every benchmark, and the yardstick beside it: how many multiply-adds a second
// this core does right now. Clocks drift by a fifth, so only the share of that peak is comparable.

#include <algorithm>
#include <array>
#include <benchmark/benchmark.h>
#include <cstddef>
#include <ctime>
#include <string>

#include <ctnn/kernels/simd.hpp>

namespace ctnn::bench {

/// Whether any benchmark had a wrong result; it becomes the exit code.
inline bool failed = false;

inline void fail(benchmark::State& state, const std::string& what) {
  failed = true;
  state.SkipWithError(what.c_str());
}

inline double seconds(clockid_t clock) {
  timespec now;
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// FLOP/s of one core that does nothing but the kernels' fused multiply-add, over a few
/// milliseconds. 12 sums: more than 2 units x 4 cycles of latency need, and they fit 16 registers.
[[gnu::noinline]] inline double fma_peak() { // in a large function its sums would be spilled
  using vec = simd::vec<float>;
  constexpr std::size_t sums = 12, rounds = 1'000'000;
  vec::register_type sum[sums];
  vec::register_type half = vec(0.5f);
  simd::unroll<sums>([&](auto i) { sum[i] = vec(1.f); });

  const double start = seconds(CLOCK_THREAD_CPUTIME_ID);
  for (std::size_t round = 0; round < rounds; ++round) {
    asm volatile("" : "+v"(half));
    simd::unroll<sums>([&](auto i) {
      sum[i] = simd::fma<float>(half, half, sum[i]);
      // Without this all sums are the same sum to the compiler, and it does one.
      asm volatile("" : "+v"(sum[i]));
    });
  }
  const double time = seconds(CLOCK_THREAD_CPUTIME_ID) - start;
  return 2.0 * static_cast<double>(sums * simd::lanes<float> * rounds) / time;
}

/// What one call does. FLOPs are those of the direct algorithm, 2 a multiply-add; 0 where a layer
/// has none.
struct Work {
  std::size_t images;
  double flops_per_image;
  std::size_t threads = 1;
  double products_per_image = 0; ///< multiply-adds that are made, if known (products.hpp)
};

/// Times `run`, and tells which share of the time its FLOPs would take at the peak, "%peak", and which
/// the products that are made, "%products": what is left of 100 is all else. The clock is that of this
/// thread, which stands still while others have the core, or the wall clock if the work has several threads
/// or the benchmark says UseRealTime().
template <class F>
void time_loop(benchmark::State& state, clockid_t clock, const Work& work, F&& run) {
  using benchmark::Counter;
  const double peak_before = fma_peak();
  const double start = seconds(clock);
  for (auto _ : state) {
    run();
    benchmark::ClobberMemory();
  }
  const double time = seconds(clock) - start;
  const double peak = (peak_before + fma_peak()) / 2;

  const double images = static_cast<double>(work.images);
  state.counters["per_image"] =
      Counter(images, Counter::kIsIterationInvariantRate | Counter::kInvert);
  state.counters["peak"] = Counter(peak);
  if (work.flops_per_image == 0) return;
  const double flops = work.flops_per_image * images;
  const double done = flops * static_cast<double>(state.iterations());
  state.counters["FLOP"] = Counter(flops, Counter::kIsIterationInvariantRate);
  state.counters["%peak"] = 100 * done / time / (peak * static_cast<double>(work.threads));
  if (work.products_per_image > 0)
    state.counters["%products"] = 2 * work.products_per_image / work.flops_per_image *
                                  static_cast<double>(state.counters["%peak"]);
}

/// Seconds of this thread that one call takes, over a few milliseconds of calls.
template <class F>
double seconds_of(F&& run) {
  const double start = seconds(CLOCK_THREAD_CPUTIME_ID);
  for (double calls = 1;; ++calls) {
    run();
    benchmark::ClobberMemory();
    const double time = seconds(CLOCK_THREAD_CPUTIME_ID) - start;
    if (time > 5e-3) return time / calls;
  }
}

/// Sets the counter `x_<rival>`: its time an image divided by ours, the median of five turns, and
/// `<rival>`, its seconds an image. In blocks of some milliseconds the clock hardly drifts, and yet
/// each finds its own data in cache.
template <class F, class G>
void take_turns(benchmark::State& state, std::size_t images, F&& ours, const std::string& rival,
                std::size_t rival_images, G&& theirs) {
  std::array<double, 5> ratios, times;
  for (std::size_t turn = 0; turn < ratios.size(); ++turn) {
    times[turn] = seconds_of(theirs) / static_cast<double>(rival_images);
    ratios[turn] = times[turn] / (seconds_of(ours) / static_cast<double>(images));
  }
  std::ranges::sort(ratios);
  std::ranges::sort(times);
  state.counters["x_" + rival] = ratios[ratios.size() / 2];
  state.counters[rival] = times[times.size() / 2];
}

} // namespace ctnn::bench
