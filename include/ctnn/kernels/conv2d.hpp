#pragma once
// Convolution by the direct algorithm on channels-last images: a matrix product without im2col,
// because the pixels under one kernel row are contiguous.

#include <algorithm>
#include <cstddef>

#include <ctnn/kernels/gemm.hpp>
#include <ctnn/kernels/geometry.hpp>

namespace ctnn::kernels {

/// y = x (*) weight + bias, and its derivatives, for chunks of n >= 1 images.
///
/// Images are contiguous, [n][height][width][channels], and need only T's alignment. Parameters are
/// PyTorch's: weight [out][in][kernel height][kernel width], bias [out]. `derived` holds the
/// parameters as the kernels read them: the forward panels, each [1 + taps * in][width] with the
/// bias as its first row, then the panels of backward_input, each [taps][out][width].
/// `derived_gradient` is laid out as the forward panels.
template <class T, Conv2dGeometry G>
class direct_conv2d {
  static constexpr std::size_t taps = G.kernel_height * G.kernel_width;
  static constexpr std::size_t run = G.kernel_width * G.in_channels;
  static constexpr std::size_t depth = G.kernel_height * run;
  static constexpr std::size_t pixels = G.out_height() * G.out_width();

  static constexpr bool bordered = G.padding_height + G.padding_width > 0;
  static constexpr std::size_t height = G.in_height + 2 * G.padding_height;
  static constexpr std::size_t width = G.in_width + 2 * G.padding_width;
  static constexpr std::size_t row_size = width * G.in_channels;
  static constexpr std::size_t image_size = height * row_size;

  using out_panels = panels<T, G.out_channels>;
  using in_panels = panels<T, G.in_channels>;

  /// Images of few output pixels are taken together, so that tiles have enough rows.
  static constexpr std::size_t block = bordered || pixels >= 32 ? 1 : (64 + pixels - 1) / pixels;

  /// Every tap gives to other pixels of dx, and together they reach all.
  static constexpr bool disjoint =
      G.kernel_height == G.stride_height && G.kernel_width == G.stride_width &&
      G.out_height() * G.stride_height == height && G.out_width() * G.stride_width == width;

  /// Offset of the pixel under tap (0, 0) of an output pixel.
  static constexpr std::size_t under(std::size_t pixel) {
    return grid_offset<G.out_width(), G.stride_width * G.in_channels, G.out_height(),
                       G.stride_height * row_size, image_size>(pixel);
  }

public:
  static constexpr std::size_t derived_gradient_size = (1 + depth) * out_panels::padded;
  static constexpr std::size_t derived_size =
      derived_gradient_size + taps * G.out_channels * in_panels::padded;
  static constexpr std::size_t scratch_size = bordered ? image_size : 0;

  /// Packs the parameters.
  static void derive(const T* weight, const T* bias, T* derived) {
    std::fill_n(derived, derived_size, T(0));
    for_each_parameter([&](std::size_t packed, std::size_t plain) {
      derived[packed] = plain < G.weight_size() ? weight[plain] : bias[plain - G.weight_size()];
    });
    in_panels::for_each([&](auto p, std::size_t first) {
      T* to = derived + derived_gradient_size + taps * G.out_channels * first;
      for (std::size_t tap = 0; tap < taps; ++tap)
        for (std::size_t out = 0; out < G.out_channels; ++out, to += p.width)
          for (std::size_t in = 0; in < p.columns; ++in)
            to[in] = weight[(out * G.in_channels + first + in) * taps + tap];
    });
  }

  /// Assigns the gradients of weight and bias.
  static void derive_adjoint(const T* derived_gradient, T* dweight, T* dbias) {
    for_each_parameter([&](std::size_t packed, std::size_t plain) {
      (plain < G.weight_size() ? dweight[plain] : dbias[plain - G.weight_size()]) =
          derived_gradient[packed];
    });
  }

  /// Assigns y. Each output is one chain of multiply-adds, bias first, in the order of kernel row,
  /// kernel column, channel: its bits depend on neither n nor the place of the image.
  static void forward(std::size_t n, const T* x, const T* derived, T* y, T* scratch) {
    std::fill_n(scratch, scratch_size, T(0));
    out_panels::for_each([&](auto p, std::size_t first) {
      forward_panel<decltype(p)>(n, x, derived + (1 + depth) * first, y + first, scratch);
    });
  }

  /// Assigns dx.
  static void backward_input(std::size_t n, const T* dy, const T* derived, T* dx, T* scratch) {
    const T* packed = derived + derived_gradient_size;
    in_panels::for_each([&](auto p, std::size_t first) {
      backward_input_panel<decltype(p)>(n, dy, packed + taps * G.out_channels * first, dx + first,
                                        scratch);
    });
  }

  /// Adds to derived_gradient.
  static void backward_parameters(std::size_t n, const T* x, const T* dy, T* derived_gradient,
                                  T* scratch) {
    std::fill_n(scratch, scratch_size, T(0));
    out_panels::for_each([&](auto p, std::size_t first) {
      backward_parameters_panel<decltype(p)>(n, x, dy + first,
                                             derived_gradient + (1 + depth) * first, scratch);
    });
  }

private:
  /// Calls f(place in the forward panels, place in weight followed by bias).
  template <class F>
  static void for_each_parameter(F&& f) {
    out_panels::for_each([&](auto p, std::size_t first) {
      std::size_t packed = (1 + depth) * first;
      for (std::size_t out = 0; out < p.columns; ++out)
        f(packed + out, G.weight_size() + first + out);
      for (std::size_t tap = 0; tap < taps; ++tap)
        for (std::size_t in = 0; in < G.in_channels; ++in) {
          packed += p.width;
          for (std::size_t out = 0; out < p.columns; ++out)
            f(packed + out, ((first + out) * G.in_channels + in) * taps + tap);
        }
    });
  }

  /// Calls f(first image, number of images, their pixels' tiles of Panel) block by block.
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

  /// The image with its border, which is already zero in `scratch`.
  static const T* with_border(const T* x, [[maybe_unused]] T* scratch) {
    if constexpr (!bordered) return x;
    for (std::size_t row = 0; row < G.in_height; ++row)
      std::copy_n(x + row * G.in_width * G.in_channels, G.in_width * G.in_channels,
                  scratch + inner(row));
    return scratch;
  }
  static constexpr std::size_t inner(std::size_t row) {
    return (row + G.padding_height) * row_size + G.padding_width * G.in_channels;
  }

  template <class Panel>
  static void forward_panel(std::size_t n, const T* x, const T* packed, T* y, T* scratch) {
    for_each_block(n, [&](std::size_t image, std::size_t images) {
      const T* source = with_border(x + image * G.input_size(), scratch);
      T* target = y + image * G.output_size();
      for_each_pixel_tile<Panel>(images, [&](auto rows, std::size_t first) {
        scattered_rows<const T, rows> a(source, [&](auto r) { return under(first + r); });
        tile<T, rows, Panel> sums(packed);
        const T* b = packed + Panel::width;
        for (std::size_t ky = 0; ky < G.kernel_height; ++ky) {
          sums.template accumulate<1, Panel::width, true>(a, b, run);
          a.advance(row_size);
          b += run * Panel::width;
        }
        sums.store(strided_rows<T, G.out_channels>{target + first * G.out_channels});
      });
    });
  }

  /// Tap by tap, so that nothing is multiplied with a border whatever the stride.
  template <class Panel>
  static void backward_input_panel(std::size_t n, const T* dy, const T* packed, T* dx, T* scratch) {
    for_each_block(n, [&](std::size_t image, std::size_t images) {
      const T* source = dy + image * G.output_size();
      T* target = bordered ? scratch : dx + image * G.input_size();
      if constexpr (!disjoint)
        for (std::size_t pixel = 0; pixel < images * height * width; ++pixel)
          std::fill_n(target + pixel * G.in_channels, Panel::columns, T(0));
      for (std::size_t tap = 0; tap < taps; ++tap) {
        T* to = target + tap / G.kernel_width * row_size + tap % G.kernel_width * G.in_channels;
        for_each_pixel_tile<Panel>(images, [&](auto rows, std::size_t first) {
          const scattered_rows<T, rows> c(to, [&](auto r) { return under(first + r); });
          tile<T, rows, Panel> sums;
          if constexpr (!disjoint) sums.load(c);
          sums.template accumulate<1, Panel::width, true>(
              strided_rows<const T, G.out_channels>{source + first * G.out_channels},
              packed + tap * G.out_channels * Panel::width, G.out_channels);
          sums.store(c);
        });
      }
      if constexpr (bordered)
        for (std::size_t row = 0; row < G.in_height; ++row)
          for (std::size_t column = 0; column < G.in_width; ++column)
            std::copy_n(scratch + inner(row) + column * G.in_channels, Panel::columns,
                        dx + image * G.input_size() + (row * G.in_width + column) * G.in_channels);
    });
  }

  /// The sum over a block's pixels stays in registers; then the gradient is read and written once.
  template <class Panel>
  static void backward_parameters_panel(std::size_t n, const T* x, const T* dy, T* gradient,
                                        T* scratch) {
    for_each_block(n, [&](std::size_t image, std::size_t images) {
      const T* source = with_border(x + image * G.input_size(), scratch);
      const T* seed = dy + image * G.output_size();

      // The bias is a weight whose input is always 1.
      const T one = 1;
      tile<T, 1, Panel> bias;
      bias.template accumulate<0, G.out_channels, false>(strided_rows<const T, 0>{&one}, seed,
                                                         images * pixels);
      bias.add_to(gradient);

      const auto add_tile = [&](auto rows, auto a, T* to) {
        tile<T, rows, Panel> sums;
        const T* b = seed;
        for (std::size_t i = 0; i < images; ++i) {
          for (std::size_t oy = 0; oy < G.out_height(); ++oy) {
            sums.template accumulate<G.stride_width * G.in_channels, G.out_channels, false>(
                a, b, G.out_width());
            a.advance(G.stride_height * row_size);
            b += G.out_width() * G.out_channels;
          }
          a.advance(image_size - G.out_height() * G.stride_height * row_size);
        }
        sums.add_to(to);
      };
      // Within a kernel row the elements of x are neighbours; a tile crosses rows only if they are
      // shorter than a tile.
      constexpr bool across = run < Panel::rows;
      constexpr tile_cut cut(across ? depth : run, Panel::rows);
      for (std::size_t ky = 0; ky < (across ? 1 : G.kernel_height); ++ky)
        for_each_tile<cut.least, cut.tallest()>(cut, [&](auto rows, std::size_t first) {
          T* to = gradient + (1 + ky * run + first) * Panel::width;
          if constexpr (across)
            add_tile(rows,
                     scattered_rows<const T, rows>(
                         source,
                         [&](auto r) {
                           return grid_offset<run, 1, G.kernel_height, row_size, 0>(first + r);
                         }),
                     to);
          else
            add_tile(rows, strided_rows<const T, 1>{source + ky * row_size + first}, to);
        });
    });
  }
};

/// The convolution that layers use.
template <class T, Conv2dGeometry G>
struct conv2d : direct_conv2d<T, G> {};

} // namespace ctnn::kernels
