#pragma once
/// @file
/// Convolution of each channel by itself, vectorised along the channels. Channels share nothing: a tile
/// is some pixels of one vector, and each of its multiply-adds loads a vector of the image.

#include <algorithm>
#include <cstddef>
#include <span>
#include <type_traits>

#include <ctnn/core/instruction_set.hpp>
#include <ctnn/kernels/chunk.hpp>
#include <ctnn/kernels/convolution_algorithm.hpp>
#include <ctnn/kernels/elementwise.hpp>
#include <ctnn/kernels/gemm.hpp>
#include <ctnn/kernels/geometry.hpp>
#include <ctnn/kernels/simd.hpp>
#include <ctnn/kernels/tap_axis.hpp>

namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET {

/// depthwise_conv2d computes what direct_conv2d does where every channel is a group of its own; its
/// outputs are not pooled.
///
/// Weight is PyTorch's, [channel][1][kernel height][kernel width]. `derived` and `derived_gradient` are
/// rows of padded channels: the bias, and one for each tap.
///
/// Images have no border: along each axis, the taps that reach a pixel are known (tap_axis.hpp), and
/// neighbours that the same taps reach are a run, which is cut into tiles.
template <class T, Conv2dGeometry G, class Epilogue>
class depthwise_conv2d {
  static_assert(G.is_depthwise() && Epilogue::pool == 1);

  using function = typename Epilogue::function;
  using vec = simd::vec<T>;

  static constexpr std::size_t channels = G.in_channels, lanes = simd::lanes<T>;
  static constexpr std::size_t taps = G.kernel_height * G.kernel_width;
  static constexpr std::size_t padded = (channels + lanes - 1) / lanes * lanes;
  static constexpr std::size_t in_row = G.in_width * channels, out_row = G.out_width() * channels;
  static constexpr std::size_t pixels = G.out_height() * G.out_width();

  static constexpr TapAxis rows{G.in_height,     G.out_height(),    G.kernel_height,
                                G.stride_height, G.dilation_height, G.padding_top};
  static constexpr TapAxis columns{G.in_width,     G.out_width(),    G.kernel_width,
                                   G.stride_width, G.dilation_width, G.padding_left};

public:
  static constexpr ConvolutionAlgorithm algorithm = direct;
  static constexpr std::size_t products = G.multiply_adds();
  static constexpr std::size_t derived_gradient_size = (1 + taps) * padded;
  static constexpr std::size_t derived_size = derived_gradient_size;
  /// scratch_size is the gradients of the outputs, if they are not y.
  static constexpr std::size_t scratch_size = Epilogue::identity_only ? 0 : G.output_size();
  static constexpr std::size_t derive_tasks = 1;

  /// derive packs the parameters, {weight, bias} or {weight}.
  static void derive(std::size_t, std::span<const T* const> parameters, T* derived) {
    std::fill_n(derived, derived_size, T(0));
    if (parameters.size() > 1) std::copy_n(parameters[1], channels, derived);
    for (std::size_t c = 0; c < channels; ++c)
      for (std::size_t tap = 0; tap < taps; ++tap)
        derived[(1 + tap) * padded + c] = parameters[0][c * taps + tap];
  }

  /// derive_adjoint assigns the gradients by the parameters.
  static void derive_adjoint(std::size_t, const T* derived_gradient,
                             std::span<T* const> gradients) {
    if (gradients.size() > 1) std::copy_n(derived_gradient, channels, gradients[1]);
    for (std::size_t c = 0; c < channels; ++c)
      for (std::size_t tap = 0; tap < taps; ++tap)
        gradients[0][c * taps + tap] = derived_gradient[(1 + tap) * padded + c];
  }

  /// forward assigns y. Products are summed up in the order of kernel row, kernel column.
  static void forward(const forward_chunk<T>& chunk) {
    using to_outputs = path<{.row = G.dilation_height * in_row,
                             .column = G.dilation_width * channels,
                             .row_weight = G.kernel_width * padded,
                             .column_weight = padded,
                             .pixel = G.stride_width * channels,
                             .target = channels},
                            function>;
    static constexpr auto runs = columns.template forward_runs<G.out_width()>();
    for (std::size_t image = 0; image < chunk.n; ++image)
      for (std::size_t row = 0; row < G.out_height(); ++row)
        to_outputs::line(rows.forward(row), runs, chunk.x + image * G.input_size(), in_row,
                         chunk.derived, chunk.derived + padded,
                         chunk.y + image * G.output_size() + row * out_row);
  }

  /// backward adds to derived_gradient if ParameterGradient, and assigns dx if InputGradient.
  template <bool InputGradient, bool ParameterGradient = true>
  static void backward(const backward_chunk<T>& chunk) {
    // Backward, tap_step skips taps, and sources go down: in two's complement, a step up that wraps.
    using to_inputs = path<{.row = 0 - rows.source_step() * out_row,
                            .column = 0 - columns.source_step() * channels,
                            .row_weight = rows.tap_step() * G.kernel_width * padded,
                            .column_weight = columns.tap_step() * padded,
                            .pixel = channels,
                            .target = G.stride_width * channels},
                           identity>;
    static constexpr auto runs = columns.template backward_runs<G.in_width>();
    for (std::size_t image = 0; image < chunk.n; ++image) {
      const T* seed = chunk.dy + image * G.output_size();
      if constexpr (!Epilogue::identity_only) {
        elementwise<T, function>::backward(G.output_size(), chunk.y + image * G.output_size(), seed,
                                           chunk.scratch);
        seed = chunk.scratch;
      }
      if constexpr (ParameterGradient)
        backward_parameters(chunk.x + image * G.input_size(), seed, chunk.derived_gradient);
      if constexpr (InputGradient)
        for (std::size_t row = 0; row < G.in_height; ++row)
          to_inputs::line(rows.backward(row), runs, seed, out_row, nullptr, chunk.derived + padded,
                          chunk.dx + image * G.input_size() + row * in_row);
    }
  }

private:
  /// Calls f(integral_constant<lanes used>, first channel) vector by vector.
  template <class F>
  static void for_each_part(F&& f) {
    for (std::size_t c = 0; c + lanes <= channels; c += lanes)
      f(std::integral_constant<std::size_t, lanes>{}, c);
    if constexpr (channels % lanes != 0)
      f(std::integral_constant<std::size_t, channels % lanes>{}, channels / lanes * lanes);
  }

  /// Steps are the distances on the way from sources to targets: from tap to tap, of sources and weights,
  /// along both axes; and from pixel to pixel of a run.
  struct Steps {
    std::size_t row, column, row_weight, column_weight, pixel, target;
  };

  /// A path makes sums of products with weights, and F of them: forward of the image, backward of the
  /// gradients by the outputs.
  template <Steps S, class F>
  struct path {
    /// line makes a row of targets. `start` is what sums begin with, null for 0.
    template <std::size_t Most>
    static void line(const TapLine& row, const TapRuns<Most>& runs, const T* source,
                     std::size_t source_row, const T* start, const T* weights, T* target) {
      for_each_part([&](auto part, std::size_t c) {
        for (const TapRun& run : runs) {
          const T* const from = source + row.source * source_row + run.taps.source * channels + c;
          const T* const by =
              weights + row.tap * G.kernel_width * padded + run.taps.tap * padded + c;
          T* const to = target + run.pixel * channels + c;
          for_each_tile<1, most_pixels>(
              tile_cut(run.pixels, most_pixels), [&](auto count, std::size_t first) {
                tile<part, count>(from + first * S.pixel, by, row.count, run.taps.count,
                                  start == nullptr ? start : start + c, to + first * S.target);
              });
        }
      });
    }

  private:
    template <std::size_t Part, std::size_t Pixels>
    [[gnu::noinline]] static void tile(const T* source, const T* weights, std::size_t row_taps,
                                       std::size_t column_taps, const T* start, T* target) {
      vec sum[Pixels];
      const vec first = start == nullptr ? vec(0) : simd::load(start);
#pragma GCC unroll 8
      for (std::size_t p = 0; p < Pixels; ++p) sum[p] = first;
      for (std::size_t ky = 0; ky < row_taps; ++ky) {
        const T *from = source, *by = weights;
        for (std::size_t kx = 0; kx < column_taps; ++kx) {
          const vec weight = simd::in_register<T>(simd::load(by));
#pragma GCC unroll 8
          for (std::size_t p = 0; p < Pixels; ++p)
            sum[p] = simd::fma(simd::load_first(from + p * S.pixel, Part), weight, sum[p]);
          from += S.column;
          by += S.column_weight;
        }
        source += S.row;
        weights += S.row_weight;
      }
#pragma GCC unroll 8
      for (std::size_t p = 0; p < Pixels; ++p)
        simd::store_first(target + p * S.target, F::f(sum[p]), Part);
    }
  };
  /// most_pixels is how many pixels a tile has at most: as many sums hide the latency of a multiply-add,
  /// and one weight is loaded for all of them.
  static constexpr std::size_t most_pixels = 8;

  static void backward_parameters(const T* x, const T* dy, T* gradient) {
    for_each_part([&](auto part, std::size_t c) {
      vec bias(0);
      for (std::size_t pixel = 0; pixel < pixels; ++pixel)
        bias = bias + simd::load_first(dy + pixel * channels + c, part);
      simd::store(gradient + c, simd::load(gradient + c) + bias);
      for (std::size_t ky = 0; ky < G.kernel_height; ++ky) {
        T* const to = gradient + (1 + ky * G.kernel_width) * padded + c;
        constexpr tile_cut cut(G.kernel_width, most_taps);
        for_each_tile<cut.least, cut.tallest()>(cut, [&](auto count, std::size_t kx) {
          weight_tile<part, count>(x + c, dy + c, ky, kx, to + kx * padded);
        });
      }
    });
  }
  static constexpr std::size_t most_taps = 8; // of a kernel row, whose sums are in registers

  /// weight_tile adds to the gradients of `Taps` weights of a kernel row. Columns that all of them reach
  /// go together, the few others tap by tap.
  template <std::size_t Part, std::size_t Taps>
  [[gnu::noinline]] static void weight_tile(const T* x, const T* dy, std::size_t ky, std::size_t kx,
                                            T* gradient) {
    static constexpr auto of_rows = rows.template outputs<G.kernel_height>();
    static constexpr auto of_columns = columns.template outputs<G.kernel_width>();
    const OutputRange* const reach = &of_columns[kx];
    vec sum[Taps];
    std::size_t begin = 0, end = G.out_width(); // of the columns that all reach
#pragma GCC unroll 8
    for (std::size_t t = 0; t < Taps; ++t) {
      sum[t] = vec(0);
      begin = std::max(begin, reach[t].begin);
      end = std::min(end, reach[t].end);
    }
    end = std::max(begin, end);
    const auto [top, bottom] = of_rows[ky];
    for (std::size_t row = top; row < bottom; ++row) {
      const T* const seed = dy + row * out_row;
      // Wraps round where it points before the image, and back for what is read.
      const T* const image =
          x + ((row * G.stride_height + ky * G.dilation_height - G.padding_top) * G.in_width +
               kx * G.dilation_width - G.padding_left) *
                  channels;
      const auto take = [&](std::size_t t, std::size_t column) __attribute__((always_inline)) {
        return simd::fma(
            simd::load_first(image + (column * G.stride_width + t * G.dilation_width) * channels,
                             Part),
            simd::load_first(seed + column * channels, Part), sum[t]);
      };
#pragma GCC unroll 8
      for (std::size_t t = 0; t < Taps; ++t)
        for (std::size_t column = reach[t].begin; column < std::min(begin, reach[t].end); ++column)
          sum[t] = take(t, column);
      for (std::size_t column = begin; column < end; ++column)
#pragma GCC unroll 8
        for (std::size_t t = 0; t < Taps; ++t) sum[t] = take(t, column);
#pragma GCC unroll 8
      for (std::size_t t = 0; t < Taps; ++t)
        for (std::size_t column = std::max(end, reach[t].begin); column < reach[t].end; ++column)
          sum[t] = take(t, column);
    }
#pragma GCC unroll 8
    for (std::size_t t = 0; t < Taps; ++t)
      simd::store(gradient + t * padded, simd::load(gradient + t * padded) + sum[t]);
  }
};

} // namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET
