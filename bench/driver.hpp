#pragma once
// Google Benchmark's own main, but for the exit code: 1 if a result was wrong or nothing ran.

#include <benchmark/benchmark.h>

#include <ctnn/kernels/simd.hpp>

#include "measure.hpp"

namespace ctnn::bench {

inline int run_benchmarks(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::AddCustomContext("instruction_set", simd::instruction_set);
  const bool ran = benchmark::RunSpecifiedBenchmarks() > 0;
  benchmark::Shutdown();
  return ran && !failed ? 0 : 1;
}

} // namespace ctnn::bench
