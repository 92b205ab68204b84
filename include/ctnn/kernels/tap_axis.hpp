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

/// A TapPhase is `pixels` pixels from `pixel` on, which the same taps reach: `count` of them from `tap` on. The
/// first tap of the first pixel has the pixel `source` on the other side, if there is one.
struct TapPhase {
  std::size_t pixel = 0, pixels = 0, tap = 0, count = 0;
  std::ptrdiff_t source = 0;
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

  /// forward_phase is all outputs.
  constexpr std::array<TapPhase, 1> forward_phase() const {
    return {TapPhase{0, out, 0, kernel, -static_cast<std::ptrdiff_t>(padding)}};
  }
  /// backward_phases is all inputs, those together that are a stride apart.
  template <std::size_t Stride>
  constexpr std::array<TapPhase, Stride> backward_phases() const {
    std::array<TapPhase, Stride> phases{};
    for (std::size_t p = 0; p < Stride; ++p) {
      phases[p].pixel = p;
      phases[p].pixels = p < in ? (in - p + Stride - 1) / Stride : 0;
      const auto place = [this, p](std::size_t tap) {
        return static_cast<std::ptrdiff_t>(p + padding) -
               static_cast<std::ptrdiff_t>(tap * dilation);
      };
      std::size_t& tap = phases[p].tap;
      while (tap < kernel && place(tap) % static_cast<std::ptrdiff_t>(Stride) != 0) ++tap;
      phases[p].count = (kernel - tap + tap_step() - 1) / tap_step();
      phases[p].source = place(tap) / static_cast<std::ptrdiff_t>(Stride);
    }
    return phases;
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
};

} // namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET
