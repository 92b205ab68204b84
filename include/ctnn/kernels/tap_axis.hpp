#pragma once
/// @file
/// Which taps of a kernel reach a pixel, along one axis of a convolution: for kernels that go pixel by
/// pixel, forward and backward, and never look at padding.

#include <array>
#include <cstddef>
#include <numeric>

#include <ctnn/core/instruction_set.hpp>

namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET {

/// A TapLine is the taps that reach a pixel: `count` of them from `tap` on. The first takes, or gives
/// to, the pixel `source` on the other side.
struct TapLine {
  std::size_t tap = 0, count = 0, source = 0;
};

/// A TapRun is `pixels` pixels from `pixel` on that the same taps reach, each one's source one on.
struct TapRun {
  TapLine taps;
  std::size_t pixel = 0, pixels = 0;
};

template <std::size_t Most>
struct TapRuns {
  std::array<TapRun, Most> run{};
  std::size_t count = 0;

  constexpr const TapRun* begin() const { return run.data(); }
  constexpr const TapRun* end() const { return run.data() + count; }
};

/// An OutputRange is the outputs [begin, end).
struct OutputRange {
  std::size_t begin = 0, end = 0;
};

/// A TapAxis is one axis of a convolution.
struct TapAxis {
  std::size_t in, out, kernel, stride, dilation, padding;

  /// forward is the taps that take inputs for output `o`. From one to the next, inputs go up by the
  /// dilation.
  constexpr TapLine forward(std::size_t o) const {
    TapLine line;
    for (std::size_t k = 0; k < kernel; ++k) {
      const std::size_t i = o * stride + k * dilation - padding; // wraps round before the image
      if (i < in && line.count++ == 0) line = {k, 1, i};
    }
    return line;
  }
  /// backward is the taps by which input `i` went into outputs: every tap_step-th, and from one to the
  /// next the outputs go down by source_step.
  constexpr TapLine backward(std::size_t i) const {
    TapLine line;
    for (std::size_t k = 0; k < kernel && k * dilation <= i + padding; ++k) {
      const std::size_t at = i + padding - k * dilation;
      if (at % stride == 0 && at / stride < out && line.count++ == 0) line = {k, 1, at / stride};
    }
    return line;
  }
  constexpr std::size_t tap_step() const { return stride / std::gcd(stride, dilation); }
  constexpr std::size_t source_step() const { return dilation / std::gcd(stride, dilation); }

  /// forward_runs is all outputs, in runs of neighbours.
  template <std::size_t Out>
  constexpr TapRuns<Out> forward_runs() const {
    TapRuns<Out> runs;
    for (std::size_t o = 0; o < Out; ++o) add(runs, o, forward(o), stride);
    return runs;
  }
  /// backward_runs is all inputs, in runs of those that are a stride apart.
  template <std::size_t In>
  constexpr TapRuns<In> backward_runs() const {
    TapRuns<In> runs;
    for (std::size_t phase = 0; phase < stride; ++phase)
      for (std::size_t i = phase; i < In; i += stride) add(runs, i, backward(i), 1, i == phase);
    return runs;
  }

  /// outputs is, tap by tap, those for which it takes an input.
  template <std::size_t Kernel>
  constexpr std::array<OutputRange, Kernel> outputs() const {
    std::array<OutputRange, Kernel> ranges{};
    for (std::size_t k = 0; k < Kernel; ++k)
      for (std::size_t o = 0; o < out; ++o) {
        if (o * stride + k * dilation - padding >= in) continue;
        if (ranges[k].end == 0) ranges[k].begin = o;
        ranges[k].end = o + 1;
      }
    return ranges;
  }

private:
  /// add puts a pixel at the end of the last run if that goes on so, its sources `step` apart.
  template <std::size_t Most>
  static constexpr void add(TapRuns<Most>& runs, std::size_t pixel, const TapLine& taps,
                            std::size_t step, bool begins = false) {
    if (runs.count > 0 && !begins) {
      TapRun& last = runs.run[runs.count - 1];
      if (taps.tap == last.taps.tap && taps.count == last.taps.count &&
          (taps.count == 0 || taps.source == last.taps.source + last.pixels * step)) {
        ++last.pixels;
        return;
      }
    }
    runs.run[runs.count++] = {taps, pixel, 1};
  }
};

} // namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET
