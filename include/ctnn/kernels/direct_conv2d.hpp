#pragma once
/// @file
/// Convolution by the direct algorithm on channels-last images: a matrix product without im2col,
/// because the pixels under one kernel row are contiguous, unless it is dilated or channels are grouped:
/// then those under one tap are.

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

namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET {

/// y = Epilogue(x (*) weight + bias), and its derivatives, for chunks of n >= 1 images.
///
/// Parameters are PyTorch's: weight [out][in / groups][kernel height][kernel width], and bias [out]
/// unless there is none. `derived` holds the parameters as the kernels read them, group by group: the
/// forward panels, each [1 + taps * in][width] with the bias as its first row, then the panels of
/// backward_input, each [taps][out][width]; in and out are those of a group. `derived_gradient` is laid
/// out as the forward panels. The tape is the epilogue's index, as large as y.
template <class T, Conv2dGeometry G, class Epilogue>
class direct_conv2d {
  /// ins and outs are the channels of one group.
  static constexpr std::size_t ins = G.in_channels / G.groups, outs = G.out_channels / G.groups;
  static constexpr std::size_t taps = G.kernel_height * G.kernel_width;
  static constexpr std::size_t depth = taps * ins;

  /// A run is what is contiguous under the kernel: one of its rows, or the channels of one tap. There are
  /// row_runs in a row.
  static constexpr std::size_t row_runs =
      G.dilation_width == 1 && G.groups == 1 ? 1 : G.kernel_width;
  static constexpr std::size_t run = G.kernel_width / row_runs * ins;
  static constexpr std::size_t runs = G.kernel_height * row_runs;
  static constexpr std::size_t pixels = G.out_height() * G.out_width();

  static constexpr bool bordered = G.is_padded();
  static constexpr std::size_t height = G.padded_height(), width = G.padded_width();
  static constexpr std::size_t row_size = width * G.in_channels;
  static constexpr std::size_t image_size = height * row_size;

  using out_panels = panels<T, outs, true>;
  using in_panels = panels<T, ins, true>;

  /// block is how many images are taken together: several if they have few output pixels, so that tiles
  /// have enough rows.
  static constexpr std::size_t block = bordered || pixels >= 32 ? 1 : (64 + pixels - 1) / pixels;

  /// stretch is the longest chain of multiply-adds in one sum; a longer one is a sum of such sums,
  /// because rounding errors grow with the chain: 1152 products in a row were off by 1.2e-6 of the
  /// largest output, in three sums they are by 0.6e-6.
  static constexpr std::size_t stretch = 512;

  /// disjoint is whether windows lie side by side and cover the image: each pixel of dx then gets its
  /// gradient from one tap of one window.
  static constexpr bool disjoint =
      G.kernel_height == G.stride_height && G.kernel_width == G.stride_width &&
      G.dilation_height == 1 && G.dilation_width == 1 &&
      G.out_height() * G.stride_height == height && G.out_width() * G.stride_width == width;

  /// under is the offset of the pixel under tap (0, 0) of an output pixel, for pixels of PixelSize
  /// elements.
  template <std::size_t PixelSize>
  static constexpr std::size_t under(std::size_t pixel) {
    return grid_offset<G.out_width(), G.stride_width * PixelSize, G.out_height(),
                       G.stride_height * width * PixelSize, height * width * PixelSize>(pixel);
  }

  /// under_run is the offset of a run of the pixels under a window, from tap (0, 0).
  static constexpr std::size_t under_run(std::size_t r) {
    return r / row_runs * G.dilation_height * row_size +
           r % row_runs * G.dilation_width * G.in_channels;
  }

  /// staged is whether backward_input sums in scratch and copies from there: if dx has no border to sum
  /// into, or if its pixels are not whole vectors: partial stores cannot be forwarded to the loads of
  /// the next tap.
  template <class Panel>
  static constexpr bool staged = bordered || (!disjoint && Panel::columns < Panel::width);

  /// A group's panels, forward and back.
  static constexpr std::size_t forward_size = (1 + depth) * out_panels::padded;
  static constexpr std::size_t back_size = taps * outs * in_panels::padded;

  /// border_size, outputs_size and stage_size are the parts of scratch: the image with its border,
  /// outputs that are not y (or their gradients), and dx.
  static constexpr std::size_t border_size = bordered ? image_size : 0;
  static constexpr std::size_t outputs_size = Epilogue::identity_only ? 0 : block * G.output_size();
  static constexpr std::size_t stage_size =
      staged<typename in_panels::last> ? block * height * width * in_panels::whole::width : 0;

  static constexpr std::size_t pool = Epilogue::pool;
  static constexpr std::size_t y_size = G.output_size() / (pool * pool); // of an image
  static_assert(G.out_height() % pool == 0 && G.out_width() % pool == 0);

public:
  static constexpr ConvolutionAlgorithm algorithm = direct;
  static constexpr std::size_t products = G.multiply_adds();
  static constexpr std::size_t derived_gradient_size = G.groups * forward_size;
  static constexpr std::size_t derived_size = derived_gradient_size + G.groups * back_size;
  static constexpr std::size_t scratch_size = border_size + outputs_size + stage_size;
  static constexpr std::size_t derive_tasks = 1;

  /// derive packs the parameters, {weight, bias} or {weight}.
  static void derive(std::size_t, std::span<const T* const> parameters, T* derived) {
    const T* const weight = parameters[0];
    std::fill_n(derived, derived_size, T(0));
    for_each_weight(
        [&](std::size_t packed, std::size_t plain) { derived[packed] = weight[plain]; });
    if (parameters.size() > 1)
      for_each_bias(
          [&](std::size_t packed, std::size_t out) { derived[packed] = parameters[1][out]; });
    for (std::size_t g = 0; g < G.groups; ++g)
      in_panels::for_each([&](auto p, std::size_t first) {
        T* to = derived + derived_gradient_size + g * back_size + taps * outs * first;
        for (std::size_t tap = 0; tap < taps; ++tap)
          for (std::size_t out = 0; out < outs; ++out, to += p.width)
            for (std::size_t in = 0; in < p.columns; ++in)
              to[in] = weight[((g * outs + out) * ins + first + in) * taps + tap];
      });
  }

  /// derive_adjoint assigns the gradients by the parameters.
  static void derive_adjoint(std::size_t, const T* derived_gradient,
                             std::span<T* const> gradients) {
    for_each_weight([&](std::size_t packed, std::size_t plain) {
      gradients[0][plain] = derived_gradient[packed];
    });
    if (gradients.size() > 1)
      for_each_bias([&](std::size_t packed, std::size_t out) {
        gradients[1][out] = derived_gradient[packed];
      });
  }

  /// forward assigns y and tape. Products are summed up in the order of kernel row, kernel column,
  /// channel, whatever n and the place of the image: so the bits of an output depend on neither.
  static void forward(const forward_chunk<T>& chunk) {
    const auto [n, x, y, tape, derived, scratch] = chunk;
    if constexpr (bordered) clear_border(scratch);
    T* const outputs = scratch + border_size;
    for_each_block(n, [&](std::size_t image, std::size_t images) {
      const T* const source = with_border(x + image * G.input_size(), scratch);
      T* const target = pool > 1 ? outputs : y + image * y_size;
      for (std::size_t g = 0; g < G.groups; ++g)
        out_panels::for_each([&](auto p, std::size_t first) {
          const T* const packed = derived + g * forward_size + (1 + depth) * first;
          for_each_pixel_tile<decltype(p)>(images, [&](auto rows, std::size_t pixel) {
            forward_tile<decltype(p), rows>(source + g * ins, pixel, packed,
                                            target + g * outs + first);
          });
        });
      if constexpr (pool > 1)
        for_each_window(images, [&](std::size_t from, std::size_t to, std::size_t part) {
          vec window[pool][pool];
          for (std::size_t i = 0; i < pool; ++i)
            for (std::size_t j = 0; j < pool; ++j)
              window[i][j] = simd::load_first(outputs + from + in_window(i, j), part);
          to += image * y_size;
          Epilogue::store(window, pool, pool, y + to, tape == nullptr ? tape : tape + to, {}, part);
        });
    });
  }

  /// backward adds to derived_gradient if ParameterGradient, and assigns dx if InputGradient.
  template <bool InputGradient, bool ParameterGradient = true>
  static void backward(const backward_chunk<T>& chunk) {
    const auto [n, x, y, tape, derived, dy, dx, derived_gradient, opens_shard, scratch] = chunk;
    if constexpr (bordered) clear_border(scratch);
    T* const outputs = scratch + border_size;
    for_each_block(n, [&](std::size_t image, std::size_t images) {
      const T* seed = dy + image * y_size;
      if constexpr (!Epilogue::identity_only) {
        for_each_window(images, [&](std::size_t to, std::size_t from, std::size_t part) {
          vec window[pool][pool];
          from += image * y_size;
          Epilogue::load(y + from, dy + from, pool > 1 ? tape + from : nullptr, {}, part, pool,
                         pool, window);
          for (std::size_t i = 0; i < pool; ++i)
            for (std::size_t j = 0; j < pool; ++j)
              simd::store_first(outputs + to + in_window(i, j), window[i][j], part);
        });
        seed = outputs;
      }
      if constexpr (ParameterGradient) {
        const T* const source = with_border(x + image * G.input_size(), scratch);
        for (std::size_t g = 0; g < G.groups; ++g)
          out_panels::for_each([&](auto p, std::size_t first) {
            backward_parameters_panel<decltype(p)>(
                images, source + g * ins, seed + g * outs + first,
                derived_gradient + g * forward_size + (1 + depth) * first);
          });
      }
      if constexpr (InputGradient)
        for (std::size_t g = 0; g < G.groups; ++g)
          in_panels::for_each([&](auto p, std::size_t first) {
            const T* const packed =
                derived + derived_gradient_size + g * back_size + taps * outs * first;
            backward_input_panel<decltype(p)>(images, seed + g * outs, packed,
                                              dx + image * G.input_size() + g * ins + first,
                                              scratch + border_size + outputs_size);
          });
    });
  }

private:
  using vec = simd::vec<T>;

  /// Calls f(place in the forward panels, place in bias).
  template <class F>
  static void for_each_bias(F&& f) {
    for (std::size_t g = 0; g < G.groups; ++g)
      out_panels::for_each([&](auto p, std::size_t first) {
        for (std::size_t out = 0; out < p.columns; ++out)
          f(g * forward_size + (1 + depth) * first + out, g * outs + first + out);
      });
  }

  /// Calls f(place in the forward panels, place in weight).
  template <class F>
  static void for_each_weight(F&& f) {
    for (std::size_t g = 0; g < G.groups; ++g)
      out_panels::for_each([&](auto p, std::size_t first) {
        const std::size_t panel = g * forward_size + (1 + depth) * first;
        // A transposition; 16 input channels at a time, so that both sides stay in the cache.
        for (std::size_t begin = 0; begin < ins; begin += 16)
          for (std::size_t tap = 0; tap < taps; ++tap)
            for (std::size_t out = 0; out < p.columns; ++out)
              for (std::size_t in = begin; in < std::min(begin + 16, ins); ++in)
                f(panel + (1 + tap * ins + in) * p.width + out,
                  ((g * outs + first + out) * ins + in) * taps + tap);
      });
  }

  /// Calls f(first image, number of images) block by block.
  template <class F>
  static void for_each_block(std::size_t n, F&& f) {
    for (std::size_t i = 0; i < n; i += block) f(i, std::min(block, n - i));
  }

  /// Calls f(integral_constant<rows>, first pixel) for the output pixels of some images.
  template <class Panel, class F>
  static void for_each_pixel_tile(std::size_t images, F&& f) {
    constexpr tile_cut one(pixels, Panel::rows);
    if constexpr (block == 1)
      for_each_tile<one.least, one.tallest()>(one, f);
    else
      for_each_tile<1, Panel::rows>(tile_cut(images * pixels, Panel::rows), f);
  }

  static void clear_border(T* scratch) {
    constexpr std::size_t left = G.padding_left * G.in_channels,
                          right = G.padding_right * G.in_channels;
    constexpr std::size_t inner_row = G.in_width * G.in_channels;
    T* row = std::fill_n(scratch, G.padding_top * row_size, T(0));
    for (std::size_t i = 0; i < G.in_height; ++i, row += row_size) {
      std::fill_n(row, left, T(0));
      std::fill_n(row + left + inner_row, right, T(0));
    }
    std::fill_n(row, G.padding_bottom * row_size, T(0));
  }
  /// with_border is the image with its border, which is already zero in `scratch`.
  static const T* with_border(const T* x, [[maybe_unused]] T* scratch) {
    if constexpr (!bordered) return x;
    for (std::size_t row = 0; row < G.in_height; ++row)
      std::copy_n(x + row * G.in_width * G.in_channels, G.in_width * G.in_channels,
                  scratch + inner(row, 0) * G.in_channels);
    return scratch;
  }
  /// inner is the pixel of the bordered image at (row, column) of the image. Only one image at a time
  /// has a border.
  static constexpr std::size_t inner(std::size_t row, std::size_t column) {
    return (row + G.padding_top) * width + G.padding_left + column;
  }

  /// Calls f(offset of a pooling window in the outputs, offset in y, lanes).
  template <class F>
  static void for_each_window(std::size_t images, F&& f) {
    constexpr std::size_t columns = G.out_width() / pool;
    for (std::size_t pixel = 0; pixel < images * y_size / G.out_channels; ++pixel) {
      const std::size_t from = pixel / columns * pool * G.out_width() + pixel % columns * pool;
      simd::for_each_vector<T>(G.out_channels, [&](std::size_t c, std::size_t part) {
        f(from * G.out_channels + c, pixel * G.out_channels + c, part);
      });
    }
  }
  static constexpr std::size_t in_window(std::size_t row, std::size_t column) {
    return (row * G.out_width() + column) * G.out_channels;
  }

  // The tiles are functions of their own, so that the loops around them take no registers.
  template <class Panel, std::size_t Rows>
  [[gnu::noinline]] static void forward_tile(const T* source, std::size_t first, const T* packed,
                                             T* target) {
    scattered_rows<const T, Rows> a(source,
                                    [&](std::size_t r) { return under<G.in_channels>(first + r); });
    tile<T, Rows, Panel> sums(packed);
    packed += Panel::width;
    for (std::size_t r = 0; r < runs; ++r, packed += run * Panel::width) {
      auto from = a;
      from.advance(under_run(r));
      if constexpr (depth <= stretch) {
        sums.template accumulate<true>(from, 1, packed, Panel::width, run);
      } else {
        for (std::size_t k = 0; k < run; k += stretch) {
          tile<T, Rows, Panel> part;
          part.template accumulate<true>(from, 1, packed + k * Panel::width, Panel::width,
                                         std::min(stretch, run - k));
          sums.add(part);
          from.advance(stretch);
        }
      }
    }
    if constexpr (pool == 1) sums.template apply<typename Epilogue::function>();
    sums.store(strided_rows<T, G.out_channels>{target + first * G.out_channels});
  }

  /// backward_input goes tap by tap, so that nothing is multiplied with a border whatever the stride.
  template <class Panel>
  static void backward_input_panel(std::size_t images, const T* dy, const T* packed, T* dx,
                                   T* stage) {
    constexpr std::size_t pixel_size = staged<Panel> ? Panel::width : G.in_channels;
    using target_panel = std::conditional_t<staged<Panel>, typename Panel::packed, Panel>;

    T* const target = staged<Panel> ? stage : dx;
    if constexpr (!disjoint)
      for (std::size_t pixel = 0; pixel < images * height * width; ++pixel)
        std::fill_n(target + pixel * pixel_size, target_panel::columns, T(0));
    for (std::size_t tap = 0; tap < taps; ++tap) {
      T* to = target + (tap / G.kernel_width * G.dilation_height * width +
                        tap % G.kernel_width * G.dilation_width) *
                           pixel_size;
      const T* b = packed + tap * outs * Panel::width;
      for_each_pixel_tile<Panel>(images, [&](auto rows, std::size_t first) {
        backward_input_tile<target_panel, rows, pixel_size>(dy, first, b, to);
      });
    }
    if constexpr (staged<Panel>)
      for (std::size_t row = 0; row < images * G.in_height; ++row)
        for (std::size_t column = 0; column < G.in_width; ++column)
          std::copy_n(stage + inner(row, column) * pixel_size, Panel::columns,
                      dx + (row * G.in_width + column) * G.in_channels);
  }

  template <class Panel, std::size_t Rows, std::size_t PixelSize>
  [[gnu::noinline]] static void backward_input_tile(const T* source, std::size_t first,
                                                    const T* packed, T* target) {
    const scattered_rows<T, Rows> c(target,
                                    [&](std::size_t r) { return under<PixelSize>(first + r); });
    tile<T, Rows, Panel> sums;
    sums.template accumulate<true>(
        strided_rows<const T, G.out_channels>{source + first * G.out_channels}, 1, packed,
        Panel::width, outs);
    // Added at the end: sums that start from dx would wait for the stores of the tile before.
    if constexpr (disjoint)
      sums.store(c);
    else
      sums.add_to(c);
  }

  /// backward_parameters sums over a block's pixels in registers, and then reads and writes the
  /// gradient once.
  template <class Panel>
  static void backward_parameters_panel(std::size_t images, const T* source, const T* seed,
                                        T* gradient) {
    tile<T, 1, Panel> bias;
#pragma GCC unroll 4 // a chain of sums, of so few instructions that the first products overtake it
    for (std::size_t pixel = 0; pixel < images * pixels; ++pixel)
      bias.add(seed + pixel * G.out_channels);
    bias.add_to(strided_rows<T, Panel::width>{gradient});

    // Within a run the elements of x are neighbours; a tile crosses runs only if they are shorter than a
    // tile.
    constexpr bool across = run < Panel::rows;
    constexpr tile_cut cut(across ? depth : run, Panel::rows);
    for (std::size_t r = 0; r < (across ? 1 : runs); ++r)
      for_each_tile<cut.least, cut.tallest()>(cut, [&](auto rows, std::size_t first) {
        T* to = gradient + (1 + r * run + first) * Panel::width;
        if constexpr (across)
          backward_parameters_tile<Panel, rows>(
              scattered_rows<const T, rows>(source,
                                            [&](std::size_t row) {
                                              return under_run((first + row) / run) +
                                                     (first + row) % run;
                                            }),
              images, seed, to);
        else
          backward_parameters_tile<Panel, rows>(
              strided_rows<const T, 1>{source + under_run(r) + first}, images, seed, to);
      });
  }

  template <class Panel, std::size_t Rows, class A>
  [[gnu::noinline]] static void backward_parameters_tile(A a, std::size_t images, const T* seed,
                                                         T* gradient) {
    tile<T, Rows, Panel> sums;
    for (std::size_t i = 0; i < images; ++i) {
      A row = a;
      for (std::size_t oy = 0; oy < G.out_height(); ++oy) {
        sums.template accumulate<false>(row, G.stride_width * G.in_channels, seed, G.out_channels,
                                        G.out_width());
        row.advance(G.stride_height * row_size);
        seed += G.out_width() * G.out_channels;
      }
      a.advance(image_size);
    }
    sums.add_to(strided_rows<T, Panel::width>{gradient});
  }
};

} // namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET
