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
/// rows of padded channels: the bias, and one for each tap. Few channels are repeated in `derived`, as
/// often as pixels are packed into a vector.
///
/// Images have no border: along each axis, the taps that reach a pixel are known (tap_axis.hpp). Of a tile
/// at the edge of an image the compiler knows which taps to leave out.
template <class T, Conv2dGeometry G, class Epilogue>
class depthwise_conv2d {
  static_assert(G.is_depthwise() && Epilogue::pool == 1);

  using function = typename Epilogue::function;
  using vec = simd::vec<T>;

  static constexpr std::size_t channels = G.in_channels, lanes = simd::lanes<T>;
  static constexpr std::size_t taps = G.kernel_height * G.kernel_width;
  static constexpr std::size_t padded = (channels + lanes - 1) / lanes * lanes;
  /// tile_pixels is how many pixels a tile has at most: as many sums hide the latency of a multiply-add,
  /// and with the weights of a kernel row of few taps they fit 16 registers.
  static constexpr std::size_t tile_pixels = 8;
  /// packed is how many neighbouring pixels fill one vector, where channels are too few for that.
  static constexpr std::size_t packed =
      channels < lanes && lanes % channels == 0 && lanes / channels <= tile_pixels
          ? lanes / channels
          : 1;
  static constexpr std::size_t in_row = G.in_width * channels, out_row = G.out_width() * channels;

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
    for (std::size_t c = 0; c < packed * channels; ++c) {
      if (parameters.size() > 1) derived[c] = parameters[1][c % channels];
      for (std::size_t tap = 0; tap < taps; ++tap)
        derived[(1 + tap) * padded + c] = parameters[0][c % channels * taps + tap];
    }
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
    using to_outputs = path<{.row = signed_step(G.dilation_height * in_row),
                             .column = signed_step(G.dilation_width),
                             .row_weight = G.kernel_width * padded,
                             .column_weight = padded,
                             .pixel = signed_step(G.stride_width),
                             .target = channels},
                            output_phase, G.in_width, function>;
    for (std::size_t image = 0; image < chunk.n; ++image)
      for (std::size_t row = 0; row < G.out_height(); ++row)
        to_outputs::line(rows.forward(row), chunk.x + image * G.input_size(), in_row, chunk.derived,
                         chunk.derived + padded, chunk.y + image * G.output_size() + row * out_row);
  }

  /// backward adds to derived_gradient if ParameterGradient, and assigns dx if InputGradient.
  template <bool InputGradient, bool ParameterGradient = true>
  static void backward(const backward_chunk<T>& chunk) {
    // Backward, tap_step skips taps, and sources go down.
    using to_inputs = path<{.row = -signed_step(rows.source_step() * out_row),
                            .column = -signed_step(columns.source_step()),
                            .row_weight = rows.tap_step() * G.kernel_width * padded,
                            .column_weight = columns.tap_step() * padded,
                            .pixel = 1,
                            .target = G.stride_width * channels},
                           input_phases, G.out_width(), identity>;
    for (std::size_t image = 0; image < chunk.n; ++image) {
      const T* const dy = chunk.dy + image * G.output_size();
      const T* const seed = Epilogue::identity_only ? dy : chunk.scratch;
      for (std::size_t row = 0; row < G.out_height(); row += few_rows) {
        const OutputRange some{row, std::min(row + few_rows, G.out_height())};
        if constexpr (!Epilogue::identity_only)
          elementwise<T, function>::backward((some.end - row) * out_row,
                                             chunk.y + image * G.output_size() + row * out_row,
                                             dy + row * out_row, chunk.scratch + row * out_row);
        if constexpr (ParameterGradient)
          backward_parameters(some, chunk.x + image * G.input_size(), seed, chunk.derived_gradient);
      }
      if constexpr (InputGradient)
        for (std::size_t row = 0; row < G.in_height; ++row)
          to_inputs::line(rows.backward(row), seed, out_row, nullptr, chunk.derived + padded,
                          chunk.dx + image * G.input_size() + row * in_row);
    }
  }

private:
  /// signed_step is a distance that may be subtracted from.
  static constexpr std::ptrdiff_t signed_step(std::size_t n) {
    return static_cast<std::ptrdiff_t>(n);
  }

  static constexpr auto output_phase = columns.forward_phase();
  static constexpr auto input_phases = columns.template backward_phases<G.stride_width>();

  /// few_taps is how many taps of a kernel row are held in registers. Each vector of a source is then
  /// loaded once for all of them, where every multiply-add would load its own.
  static constexpr std::size_t few_taps = simd::registers == 32 ? 8 : 5;

  /// Calls f(integral_constant<lanes used>, first channel) vector by vector.
  template <class F>
  static void for_each_part(F&& f) {
    for (std::size_t c = 0; c + lanes <= channels; c += lanes)
      f(std::integral_constant<std::size_t, lanes>{}, c);
    if constexpr (channels % lanes != 0)
      f(std::integral_constant<std::size_t, channels % lanes>{}, channels / lanes * lanes);
  }

  /// Steps are the distances on the way from sources to targets: from tap to tap, of sources and weights,
  /// along both axes; and from pixel to pixel of a phase. `column` and `pixel` are in pixels of the source.
  struct Steps {
    std::ptrdiff_t row, column;
    std::size_t row_weight, column_weight;
    std::ptrdiff_t pixel;
    std::size_t target;
  };

  /// A path makes sums of products with weights, and F of them: forward of the image, backward of the
  /// gradients by the outputs. A row of sources has `Extent` pixels.
  template <Steps S, const auto& Phases, std::size_t Extent, class F>
  struct path {
    /// line makes a row of targets. `start` is what sums begin with, null for 0.
    static void line(const TapLine& row, const T* source, std::size_t source_row, const T* start,
                     const T* weights, T* target) {
      source += row.source * source_row;
      weights += row.tap * G.kernel_width * padded;
      for_each_part([&](auto part, std::size_t c) {
        part_of_line<part>(row.count, source + c, start == nullptr ? vec(0) : simd::load(start + c),
                           weights + c, target + c);
      });
    }

  private:
    template <std::size_t Part>
    [[gnu::noinline]] static void part_of_line(std::size_t row_taps, const T* source, vec start,
                                               const T* weights, T* target) {
      simd::unroll<Phases.size()>([&](auto n) {
        constexpr TapPhase phase = Phases[n];
        constexpr std::size_t tiles = (phase.pixels + tile_pixels - 1) / tile_pixels;
        constexpr std::size_t begin = first_whole(phase, tiles),
                              end = behind_whole(phase, begin, tiles);
        const T* const by = weights + phase.tap * padded;
        T* const to = target + phase.pixel * channels;
        const auto from = [&](std::size_t t) {
          return source + first_source(phase, t) * signed_step(channels);
        };
        const auto at_edge = [&](auto t) {
          constexpr std::size_t count = std::min(tile_pixels, phase.pixels - t * tile_pixels);
          tile<Part, count, phase.count, first_source(phase, t), 1>(
              row_taps, from(t), start, by, to + t * tile_pixels * S.target);
        };
        simd::unroll<begin>(at_edge);
        constexpr std::size_t pack = S.pixel == 1 && S.target == channels ? packed : 1;
        for (std::size_t t = begin; t < end; ++t)
          tile<pack == 1 ? Part : lanes, tile_pixels / pack, phase.count, inside, pack>(
              row_taps, from(t), start, by, to + t * tile_pixels * S.target);
        simd::unroll<tiles - end>(
            [&](auto i) { at_edge(std::integral_constant<std::size_t, end + i>{}); });
      });
    }

    /// first_source is the pixel of the source that the first tap of tile `t` takes.
    static constexpr std::ptrdiff_t first_source(const TapPhase& phase, std::size_t t) {
      return phase.source + signed_step(t * tile_pixels) * S.pixel;
    }
    /// is_whole is whether all pixels of tile `t` are there, and all of their sources.
    static constexpr bool is_whole(const TapPhase& phase, std::size_t t) {
      const std::ptrdiff_t first = first_source(phase, t);
      return (t + 1) * tile_pixels <= phase.pixels && is_source(first + lowest(phase.count)) &&
             is_source(first + highest(tile_pixels, phase.count));
    }
    static constexpr std::size_t first_whole(const TapPhase& phase, std::size_t tiles) {
      std::size_t t = 0;
      while (t < tiles && !is_whole(phase, t)) ++t;
      return t;
    }
    static constexpr std::size_t behind_whole(const TapPhase& phase, std::size_t t,
                                              std::size_t tiles) {
      while (t < tiles && is_whole(phase, t)) ++t;
      return t;
    }
    static constexpr bool is_source(std::ptrdiff_t pixel) {
      return pixel >= 0 && pixel < signed_step(Extent);
    }

    /// place is the pixel of the source, from the first tap of the first pixel, that tap `k` of pixel `p`
    /// takes; lowest and highest are the bounds of a tile.
    static constexpr std::ptrdiff_t place(std::size_t p, std::size_t k) {
      return signed_step(p) * S.pixel + signed_step(k) * S.column;
    }
    static constexpr std::ptrdiff_t lowest(std::size_t count) {
      return count == 0 ? 0 : std::min<std::ptrdiff_t>(0, place(0, count - 1));
    }
    static constexpr std::ptrdiff_t highest(std::size_t targets, std::size_t count) {
      return count == 0 ? 0 : std::max(place(targets - 1, 0), place(targets - 1, count - 1));
    }

    /// inside says that all sources are there.
    static constexpr std::ptrdiff_t inside = std::ptrdiff_t{1} << 40;

    /// tile makes `Pixels` vectors of targets, of Pack pixels each. First is the pixel of the source that
    /// their first tap takes, or inside.
    template <std::size_t Part, std::size_t Pixels, std::size_t Taps, std::ptrdiff_t First,
              std::size_t Pack>
    [[gnu::always_inline]] static void tile(std::size_t row_taps, const T* source, vec start,
                                            const T* weights, T* target) {
      vec sum[Pixels];
#pragma GCC unroll 8
      for (std::size_t p = 0; p < Pixels; ++p) sum[p] = start;
      for (std::size_t ky = 0; ky < row_taps; ++ky, source += S.row, weights += S.row_weight)
        simd::unroll<(Taps + few_taps - 1) / few_taps>([&](auto some) {
          constexpr std::size_t kx = some * few_taps, count = std::min(few_taps, Taps - kx);
          constexpr std::ptrdiff_t first = First == inside ? inside : First + place(0, kx);
          add_row<Part, Pixels, count, first, Pack>(source + place(0, kx) * signed_step(channels),
                                                    weights + kx * S.column_weight, sum);
        });
#pragma GCC unroll 8
      for (std::size_t p = 0; p < Pixels; ++p)
        simd::store_first(target + p * Pack * S.target, F::f(sum[p]), Part);
    }

    /// add_row adds the products with neighbouring taps. It goes along the source: what a pixel of it
    /// adds to is known when compiling.
    template <std::size_t Part, std::size_t Pixels, std::size_t Taps, std::ptrdiff_t First,
              std::size_t Pack>
    [[gnu::always_inline]] static void add_row(const T* source, const T* weights,
                                               vec (&sum)[Pixels]) {
      constexpr std::ptrdiff_t from = lowest(Taps), to = highest((Pixels - 1) * Pack + 1, Taps);
      vec weight[Taps];
#pragma GCC unroll 8
      for (std::size_t k = 0; k < Taps; ++k)
        weight[k] = simd::in_register<T>(simd::load(weights + k * S.column_weight));
      simd::unroll<static_cast<std::size_t>(to - from + 1)>([&](auto i) {
        constexpr std::ptrdiff_t at = from + signed_step(i.value);
        if constexpr ((First == inside || is_source(First + at)) && adds<Pixels, Taps, Pack>(at)) {
          const vec x =
              simd::in_register<T>(simd::load_first(source + at * signed_step(channels), Part));
          simd::unroll<Taps>([&](auto k) {
            constexpr std::size_t p = taker(at, k, Pack);
            if constexpr (p < Pixels) sum[p] = simd::fma(x, weight[k], sum[p]);
          });
        }
      });
    }
    /// taker is which vector of targets takes the pixel of the source at `at` by tap `k`: none, if it is
    /// past the last one.
    static constexpr std::size_t taker(std::ptrdiff_t at, std::size_t k, std::size_t pack) {
      const std::ptrdiff_t way = at - place(0, k), each = place(pack, 0);
      return way % each == 0 ? static_cast<std::size_t>(way / each) : std::size_t(-1);
    }
    template <std::size_t Pixels, std::size_t Taps, std::size_t Pack>
    static constexpr bool adds(std::ptrdiff_t at) {
      for (std::size_t k = 0; k < Taps; ++k)
        if (taker(at, k, Pack) < Pixels) return true;
      return false;
    }
  };

  static constexpr auto of_rows = rows.template outputs<G.kernel_height>();
  static constexpr auto of_columns = columns.template outputs<G.kernel_width>();

  /// few_rows is how many rows of outputs the gradients by parameters take at a time: as many as stay in
  /// the first cache, half of 32 KB, with the rows of the image under them, while each kernel row and each
  /// vector of channels goes over them.
  static constexpr std::size_t few_rows = std::max<std::size_t>(
      1, 16384 / sizeof(T) / (out_row + std::min(G.stride_height, G.kernel_height) * in_row));

  static void backward_parameters(OutputRange some, const T* x, const T* dy, T* gradient) {
    for_each_part([&](auto part, std::size_t c) {
      simd::store(gradient + c, simd::load(gradient + c) + sum_of_pixels<part>(some, dy + c));
      for (std::size_t ky = 0; ky < G.kernel_height; ++ky) {
        T* const to = gradient + (1 + ky * G.kernel_width) * padded + c;
        simd::unroll<(G.kernel_width + few_taps - 1) / few_taps>([&](auto tile) {
          constexpr std::size_t kx = tile * few_taps;
          weight_tile<part, kx, std::min(few_taps, G.kernel_width - kx)>(some, x + c, dy + c, ky,
                                                                         to + kx * padded);
        });
      }
    });
  }

  /// sum_of_pixels goes four pixels at a time, so that no sum waits for the last one.
  template <std::size_t Part>
  static vec sum_of_pixels(OutputRange some, const T* dy) {
    dy += some.begin * out_row;
    const std::size_t pixels = (some.end - some.begin) * G.out_width();
    vec sum[4]{vec(0), vec(0), vec(0), vec(0)};
    for (std::size_t four = 0; four < pixels / 4; ++four)
#pragma GCC unroll 4
      for (std::size_t i = 0; i < 4; ++i, dy += channels)
        sum[i] = sum[i] + simd::load_first(dy, Part);
#pragma GCC unroll 4
    for (std::size_t i = 0; i < pixels % 4; ++i, dy += channels)
      sum[i] = sum[i] + simd::load_first(dy, Part);
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
  }

  /// seeds is how many gradients of outputs are held in registers, beside two sums a tap.
  static constexpr std::size_t seeds = simd::registers == 32 ? 8 : 4;

  /// add_columns adds the products of as many neighbouring outputs, going along the image as add_row does.
  template <std::size_t Part, std::size_t Outputs, std::size_t Taps>
  [[gnu::always_inline]] static void add_columns(const T* x, const T* dy, vec (&sum)[2][Taps]) {
    vec seed[Outputs];
#pragma GCC unroll 8
    for (std::size_t p = 0; p < Outputs; ++p)
      seed[p] = simd::in_register<T>(simd::load_first(dy + p * channels, Part));
    constexpr std::size_t stride = G.stride_width, dilation = G.dilation_width;
    // Which output takes the pixel at `at` by tap t: none, if it is past the last one.
    constexpr auto taker = [](std::size_t at, std::size_t t) {
      const std::size_t way = at - t * dilation;
      return at >= t * dilation && way % stride == 0 ? way / stride : Outputs;
    };
    constexpr auto reaches = [taker](std::size_t at) {
      for (std::size_t t = 0; t < Taps; ++t)
        if (taker(at, t) < Outputs) return true;
      return false;
    };
    simd::unroll<(Outputs - 1) * stride + (Taps - 1) * dilation + 1>([&](auto at) {
      if constexpr (reaches(at)) {
        const vec value = simd::in_register<T>(simd::load_first(x + at * channels, Part));
        simd::unroll<Taps>([&](auto t) {
          constexpr std::size_t p = taker(at, t);
          if constexpr (p < Outputs) sum[p % 2][t] = simd::fma(value, seed[p], sum[p % 2][t]);
        });
      }
    });
  }

  /// common is the outputs that all of some taps reach.
  static constexpr OutputRange common(std::size_t kx, std::size_t count) {
    OutputRange all{0, G.out_width()};
    for (std::size_t t = kx; t < kx + count; ++t)
      all = {std::max(all.begin, of_columns[t].begin), std::min(all.end, of_columns[t].end)};
    return {all.begin, std::max(all.begin, all.end)};
  }

  /// weight_tile adds to the gradients of `Taps` weights of a kernel row from column Kx on. Outputs that
  /// all of them reach go together, two chains of sums in turns; the few others tap by tap.
  template <std::size_t Part, std::size_t Kx, std::size_t Taps>
  [[gnu::noinline]] static void weight_tile(OutputRange some, const T* x, const T* dy,
                                            std::size_t ky, T* gradient) {
    constexpr OutputRange all = common(Kx, Taps);
    constexpr std::size_t rest = (all.end - all.begin) % seeds;
    vec sum[2][Taps];
#pragma GCC unroll 8
    for (std::size_t t = 0; t < Taps; ++t) sum[0][t] = sum[1][t] = vec(0);
    const std::size_t bottom = std::min(some.end, of_rows[ky].end);
    for (std::size_t row = std::max(some.begin, of_rows[ky].begin); row < bottom; ++row) {
      const T* const seed = dy + row * out_row;
      const std::ptrdiff_t image_row =
          signed_step(row * G.stride_height + ky * G.dilation_height) - signed_step(G.padding_top);
      const auto under = [x, image_row](std::size_t output) {
        const std::ptrdiff_t pixel = image_row * signed_step(G.in_width) +
                                     signed_step(output * G.stride_width + Kx * G.dilation_width) -
                                     signed_step(G.padding_left);
        return x + pixel * signed_step(channels);
      };
      std::size_t column = all.begin;
      for (; column + seeds <= all.end; column += seeds)
        add_columns<Part, seeds>(under(column), seed + column * channels, sum);
      if constexpr (rest > 0) add_columns<Part, rest>(under(column), seed + column * channels, sum);
      simd::unroll<Taps>([&](auto t) {
        const auto add = [&](std::size_t begin, std::size_t end) {
          for (std::size_t o = begin; o < end; ++o)
            sum[1][t] =
                simd::fma(simd::load_first(under(o) + t * G.dilation_width * channels, Part),
                          simd::load_first(seed + o * channels, Part), sum[1][t]);
        };
        constexpr OutputRange own = of_columns[Kx + t];
        add(own.begin, std::min(all.begin, own.end));
        add(std::max(all.end, own.begin), own.end);
      });
    }
#pragma GCC unroll 8
    for (std::size_t t = 0; t < Taps; ++t)
      simd::store(gradient + t * padded,
                  simd::load(gradient + t * padded) + (sum[0][t] + sum[1][t]));
  }
};

} // namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET
