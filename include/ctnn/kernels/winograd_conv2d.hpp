#pragma once
/// @file
/// Convolution by Winograd's F(M x M, K x K): (M + K - 1)^2 products for M^2 K^2; of a kernel with a side of 1
/// by F(M, K) along the other; and of stride S by S^2 such filters of every S-th tap, whose products are one
/// tile: with 3x3 taps of stride 2 (2M + 1)^2 for 9 M^2.
/// Backward is the adjoint of each step, so it needs no more products than forward.

#include <algorithm>
#include <cstddef>
#include <span>
#include <type_traits>

#include <ctnn/core/instruction_set.hpp>
#include <ctnn/kernels/chunk.hpp>
#include <ctnn/kernels/convolution_algorithm.hpp>
#include <ctnn/kernels/epilogue.hpp>
#include <ctnn/kernels/gemm.hpp>
#include <ctnn/kernels/geometry.hpp>
#include <ctnn/kernels/winograd_tiles.hpp>

namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET {

/// winograd_conv2d computes what direct_conv2d does, for images in the same layout.
///
/// The tiles of all images of a chunk are one sequence, cut into blocks. A block is a row of
/// products for each of the planes, one for each number of a tile's window: V is [plane][tile][in],
/// its gradient by output dM [plane][tile][out]; the weights U are [panel of out][plane][in][width] and, for backward_input,
/// [panel of in][plane][out][width], so that every operand of `multiply` is contiguous.
/// `derived` is bias, U, U transposed; `derived_gradient` is bias, U.
///
/// Blocks have 64 tiles: enough rows for the sum over tiles in dU to be worth its reading and
/// writing. V and one panel of products are then 2 MB in F(4, 3) of 128 channels.
template <class T, Conv2dGeometry G, std::size_t M, class Epilogue>
class winograd_conv2d {
  static_assert(can_run(G, winograd(static_cast<int>(M)), Epilogue::pool));

  /// tile is what is made at a time. Along a side of 1 it is no larger than pooling needs.
  static constexpr WinogradTile tile{G.kernel_height > 1 ? M : Epilogue::pool,
                                     G.kernel_width > 1 ? M : Epilogue::pool,
                                     G.kernel_height,
                                     G.kernel_width,
                                     G.stride_height,
                                     G.stride_width};
  static constexpr std::size_t taps = G.kernel_height * G.kernel_width;

  using tiles = winograd_tiles<T, tile>;
  using window = typename tiles::window;
  static constexpr std::size_t planes = tiles::planes;

  static constexpr std::size_t tile_rows = (G.out_height() + tile.rows - 1) / tile.rows;
  static constexpr std::size_t tile_columns = (G.out_width() + tile.columns - 1) / tile.columns;
  static constexpr std::size_t image_tiles = tile_rows * tile_columns;
  static constexpr std::size_t block = 64;

  using in_panels = panels<T, G.in_channels>;
  using out_panels = panels<T, G.out_channels>;

  /// odd_lines rounds a distance up to an odd number of cache lines: rows and planes at powers of two
  /// would share few sets of the first-level cache, and a tile touches a line in every plane.
  static constexpr std::size_t odd_lines(std::size_t elements) {
    constexpr std::size_t line = 64 / sizeof(T);
    return ((elements + line - 1) / line | 1) * line;
  }
  static constexpr std::size_t in_step = odd_lines(in_panels::padded);
  static constexpr std::size_t out_step = odd_lines(out_panels::padded);
  static constexpr std::size_t in_plane = odd_lines(block * in_step);
  static constexpr std::size_t out_plane = odd_lines(block * out_step);
  /// panel_step and panel_plane are distances in the planes of one panel: products before the output
  /// transform, or gradients by V.
  static constexpr std::size_t panel_step =
      std::max(in_panels::whole::width, out_panels::whole::width);
  static constexpr std::size_t panel_plane = odd_lines(block * panel_step);

  static constexpr std::size_t u_size = planes * G.in_channels * out_panels::padded;

  static constexpr typename Epilogue::steps y_steps{G.out_width() / Epilogue::pool * G.out_channels,
                                                    G.out_channels};
  static constexpr std::size_t y_size =
      G.output_size() / (Epilogue::pool * Epilogue::pool); // of an image
  static_assert(G.out_height() % Epilogue::pool == 0 && G.out_width() % Epilogue::pool == 0);

public:
  static constexpr ConvolutionAlgorithm algorithm = winograd(static_cast<int>(M));
  static constexpr std::size_t products = kernels::products(G, algorithm);
  static constexpr std::size_t derived_gradient_size = out_panels::padded + u_size;
  /// assigns_gradient says that the first chunk of a shard assigns derived_gradient, which is the most
  /// memory of a step.
  static constexpr bool assigns_gradient = true;
  static constexpr std::size_t derived_size =
      derived_gradient_size + planes * G.out_channels * in_panels::padded;
  static constexpr std::size_t scratch_size = planes * (in_plane + out_plane + panel_plane);

  /// derive_tasks is how many tasks, which threads may share, the weights are cut into, of some thousand
  /// weights each.
  static constexpr std::size_t derive_tasks =
      std::min(std::min(G.in_channels, G.out_channels), G.weight_size() / 16'384 + 1);

  /// derive transforms the weights, {weight, bias} or {weight}; task 0 has the bias too.
  static void derive(std::size_t task, std::span<const T* const> parameters, T* derived) {
    const T* const weight = parameters[0];
    if (task == 0) {
      std::fill_n(derived, out_panels::padded, T(0));
      if (parameters.size() > 1) std::copy_n(parameters[1], G.out_channels, derived);
    }
    constexpr std::size_t of_out = taps * G.in_channels, of_in = taps;
    pack<out_panels>(weight, of_in, of_out, rows_of(task, G.in_channels), G.in_channels,
                     derived + out_panels::padded);
    pack<in_panels>(weight, of_out, of_in, rows_of(task, G.out_channels), G.out_channels,
                    derived + derived_gradient_size);
  }

  /// derive_adjoint assigns the gradients by the parameters.
  static void derive_adjoint(std::size_t task, const T* derived_gradient,
                             std::span<T* const> gradients) {
    T* const dweight = gradients[0];
    if (task == 0 && gradients.size() > 1)
      std::copy_n(derived_gradient, G.out_channels, gradients[1]);
    const T* const du = derived_gradient + out_panels::padded;
    const auto [begin, end] = rows_of(task, G.in_channels);
    T dg[taps][simd::lanes<T>];
    out_panels::for_each([&](auto p, std::size_t first) {
      for (std::size_t in = begin; in < end; ++in)
        for (std::size_t v = 0; v < p.vectors; ++v) {
          tiles::kernel_adjoint(du + planes * G.in_channels * first + in * p.width +
                                    v * simd::lanes<T>,
                                G.in_channels * p.width, dg);
          for (std::size_t lane = 0; lane < p.lanes(v); ++lane)
            for (std::size_t tap = 0; tap < taps; ++tap)
              dweight[((first + v * simd::lanes<T> + lane) * G.in_channels + in) * taps + tap] =
                  dg[tap][lane];
        }
    });
  }

  /// forward assigns y, and `tape` unless it is null. The bits of an output depend on neither n nor the
  /// place of its image.
  static void forward(const forward_chunk<T>& chunk) {
    const auto [n, x, y, tape, derived, scratch] = chunk;
    T* const v = scratch;
    T* const m = scratch + planes * in_plane;
    for_each_block(n, [&](std::size_t first, std::size_t count) {
      transform_input(first, count, x, v);
      out_panels::for_each([&](auto p, std::size_t channel) {
        const T* const u = derived + out_panels::padded + planes * G.in_channels * channel;
        multiply_planes<decltype(p)>(count, v, in_plane, in_step, G.in_channels, u, m);
        for (std::size_t i = 0; i < count; ++i)
          for_each_part<decltype(p)>([&](auto part, std::size_t c, std::size_t vectors) {
            const place at(first + i);
            const std::size_t to = at.image * y_size + at.y() + channel + c;
            tiles::template output<Epilogue, part>(
                m + i * p.width + c, panel_plane, derived + channel + c, at.rows(), at.columns(),
                vectors, y + to, tape == nullptr ? tape : tape + to, y_steps);
          });
      });
    });
  }

  /// backward adds to derived_gradient, or assigns it, if ParameterGradient, and assigns dx if
  /// InputGradient.
  template <bool InputGradient, bool ParameterGradient = true>
  static void backward(const backward_chunk<T>& chunk) {
    const auto [n, x, y, tape, derived, dy, dx, derived_gradient, opens_shard, scratch] = chunk;
    T* const v = scratch;
    T* const dm = v + planes * in_plane;
    T* const dv = dm + planes * out_plane;
    for_each_block(n, [&](std::size_t first, std::size_t count) {
      if constexpr (ParameterGradient) transform_input(first, count, x, v);
      out_panels::for_each([&](auto p, std::size_t channel) {
        for (std::size_t i = 0; i < count; ++i)
          for_each_part<decltype(p)>([&](auto part, std::size_t c, std::size_t vectors) {
            const place at(first + i);
            const std::size_t from = at.image * y_size + at.y() + channel + c;
            tiles::template output_adjoint<Epilogue, part>(
                y + from, dy + from, Epilogue::pool > 1 ? tape + from : nullptr, y_steps, at.rows(),
                at.columns(), vectors, dm + i * out_step + channel + c, out_plane);
          });
        if constexpr (!ParameterGradient) return;
        T* const dbias = derived_gradient + channel;
        T* const du = derived_gradient + out_panels::padded + planes * G.in_channels * channel;
        const bool assign = opens_shard && first == 0;
        if (assign) std::fill_n(dbias, p.width, T(0));
        add_bias_gradient<decltype(p)>(count, dm + channel, dbias);
        for (std::size_t plane = 0; plane < planes; ++plane) {
          using packed = typename decltype(p)::packed;
          const strided_matrix<const T> a{v + plane * in_plane, 1, in_step};
          const T* const b = dm + plane * out_plane + channel;
          T* const c = du + plane * G.in_channels * p.width;
          if (assign)
            multiply<packed, false, T>(G.in_channels, count, a, b, out_step, c, p.width, b);
          else
            multiply<packed, true, T>(G.in_channels, count, a, b, out_step, c, p.width);
        }
      });
      if constexpr (InputGradient)
        in_panels::for_each([&](auto p, std::size_t channel) {
          const T* const u = derived + derived_gradient_size + planes * G.out_channels * channel;
          multiply_planes<decltype(p)>(count, dm, out_plane, out_step, G.out_channels, u, dv);
          for (std::size_t i = 0; i < count; ++i)
            add_input_gradient<decltype(p)>(place(first + i), dv + i * p.width, dx + channel);
        });
    });
  }

private:
  struct range {
    std::size_t begin, end;
  };
  static constexpr range rows_of(std::size_t task, std::size_t rows) {
    return {task * rows / derive_tasks, (task + 1) * rows / derive_tasks};
  }

  /// The transform of weight[row * row_step + column * column_step + tap] for some rows.
  template <class Panels>
  static void pack(const T* weight, std::size_t row_step, std::size_t column_step, range some,
                   std::size_t rows, T* packed) {
    T g[taps][simd::lanes<T>]{};
    Panels::for_each([&](auto p, std::size_t first) {
      for (std::size_t row = some.begin; row < some.end; ++row)
        for (std::size_t v = 0; v < p.vectors; ++v) {
          const T* const from = weight + row * row_step + (first + v * simd::lanes<T>)*column_step;
          for (std::size_t lane = 0; lane < simd::lanes<T>; ++lane)
            for (std::size_t tap = 0; tap < taps; ++tap)
              g[tap][lane] = lane < p.lanes(v) ? from[lane * column_step + tap] : T(0);
          tiles::kernel(g, packed + planes * rows * first + row * p.width + v * simd::lanes<T>,
                        rows * p.width);
        }
    });
  }

  /// A place is that of a tile in a sequence of images.
  struct place {
    std::size_t image, row, column; // in tiles

    explicit place(std::size_t number)
        : image(number / image_tiles), row(number % image_tiles / tile_columns),
          column(number % tile_columns) {}
    std::size_t rows() const { return std::min(tile.rows, G.out_height() - row * tile.rows); }
    std::size_t columns() const {
      return std::min(tile.columns, G.out_width() - column * tile.columns);
    }
    std::size_t y() const {
      return (row * tile.rows * y_steps.row + column * tile.columns * y_steps.pixel) /
             Epilogue::pool;
    }
    window under() const {
      const auto integer = [](std::size_t n) { return static_cast<std::ptrdiff_t>(n); };
      return {integer(row * tile.rows * tile.stride_height) - integer(G.padding_top),
              integer(column * tile.columns * tile.stride_width) - integer(G.padding_left),
              integer(G.in_height),
              integer(G.in_width),
              G.in_width * G.in_channels,
              G.in_channels};
    }
  };
  /// whole_tiles is whether every tile's window lies inside of its image.
  static constexpr bool whole_tiles =
      !G.is_padded() && G.out_height() % tile.rows == 0 && G.out_width() % tile.columns == 0;

  /// for_each_block calls f(first tile, number of tiles).
  template <class F>
  static void for_each_block(std::size_t n, F&& f) {
    for (std::size_t first = 0; first < n * image_tiles; first += block)
      f(first, std::min(block, n * image_tiles - first));
  }

  /// for_each_part calls f(integral_constant<lanes used>, first channel, number of such vectors).
  template <class Panel, class F>
  static void for_each_part(F&& f) {
    constexpr std::size_t lanes = simd::lanes<T>, rest = Panel::columns % lanes;
    constexpr std::size_t vectors = Panel::columns / lanes;
    if constexpr (vectors > 0) f(std::integral_constant<std::size_t, lanes>{}, 0, vectors);
    if constexpr (rest > 0) f(std::integral_constant<std::size_t, rest>{}, vectors * lanes, 1);
  }

  static void transform_input(std::size_t first, std::size_t count, const T* x, T* v) {
    using all = panel<T, in_panels::vectors, in_panels::last::lanes(in_panels::last::vectors - 1)>;
    for (std::size_t i = 0; i < count; ++i) {
      const place at(first + i);
      const window under = at.under();
      const T* const image = x + at.image * G.input_size();
      for_each_part<all>([&](auto part, std::size_t c, std::size_t vectors) {
        if (whole_tiles || under.inside())
          tiles::template input<part, true>(image + c, under, vectors, v + i * in_step + c,
                                            in_plane);
        else if constexpr (!whole_tiles)
          tiles::template input<part, false>(image + c, under, vectors, v + i * in_step + c,
                                             in_plane);
      });
    }
  }

  template <class Panel>
  static void add_input_gradient(const place& at, const T* dv, T* dx) {
    const window under = at.under();
    T* const image = dx + at.image * G.input_size();
    for_each_part<Panel>([&](auto part, std::size_t c, std::size_t vectors) {
      if (whole_tiles || under.inside())
        tiles::template input_adjoint<part, true>(dv + c, panel_plane, under, at.row == 0,
                                                  at.column == 0, vectors, image + c);
      else if constexpr (!whole_tiles)
        tiles::template input_adjoint<part, false>(dv + c, panel_plane, under, at.row == 0,
                                                   at.column == 0, vectors, image + c);
    });
  }

  /// multiply_planes goes plane by plane: product = a (`count` x depth) times weights (depth x Panel).
  template <class Panel>
  static void multiply_planes(std::size_t count, const T* a, std::size_t a_plane,
                              std::size_t a_step, std::size_t depth, const T* weights, T* product) {
    for (std::size_t plane = 0; plane < planes; ++plane) {
      const T* const b = weights + plane * depth * Panel::width;
      // With a few rows the weights are read once and nothing waits for them but memory itself.
      const bool fetch = count > 2 * Panel::rows && plane + 1 < planes;
      multiply<typename Panel::packed, false, T>(
          count, depth, {a + plane * a_plane, a_step, 1}, b, Panel::width,
          product + plane * panel_plane, Panel::width, fetch ? b + depth * Panel::width : b);
    }
  }

  /// add_bias_gradient reads only the planes which hold the sum of a tile's gradients: one, or if the
  /// kernel has a side of 1 as many as the tile has outputs along it.
  template <class Panel>
  static void add_bias_gradient(std::size_t count, const T* dm, T* dbias) {
    using vertical = winograd_matrices<tile.rows, tile.kernel_height, tile.stride_height>;
    using horizontal = winograd_matrices<tile.columns, tile.kernel_width, tile.stride_width>;
    for (std::size_t v = 0; v < Panel::vectors; ++v) {
      simd::vec<T> sum(T(0));
      for (std::size_t i = vertical::first_unit; i <= vertical::last_unit; ++i)
        for (std::size_t j = horizontal::first_unit; j <= horizontal::last_unit; ++j)
          for (std::size_t k = 0; k < count; ++k)
            sum = sum + simd::load(dm + (i * tile.width() + j) * out_plane + k * out_step +
                                   v * simd::lanes<T>);
      T* const at = dbias + v * simd::lanes<T>;
      simd::store(at, simd::load(at) + sum);
    }
  }
};

} // namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET
