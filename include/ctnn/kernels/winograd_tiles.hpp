#pragma once
/// @file
/// The transforms around Winograd's products, a tile at a time and a vector of channels in a register.
/// They cost additions only in proportion to pixels, where the products cost channels squared.

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <ctnn/core/instruction_set.hpp>
#include <ctnn/kernels/simd.hpp>
#include <ctnn/kernels/winograd_matrices.hpp>

namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET {

/// A factored_matrix is a matrix with what its rows and columns have in common taken out: `core`
/// between butterflies (a, b) -> (a + b, a - b) of the inputs and of the outputs. The points p and -p
/// make such pairs.
template <std::size_t Rows, std::size_t Columns>
struct factored_matrix {
  matrix<Rows, Columns> core;
  std::size_t row_partner[Rows]{};       // itself: none
  std::size_t column_partner[Columns]{}; // likewise

  consteval explicit factored_matrix(const matrix<Rows, Columns>& m) : core(m) {
    pair_up(row_partner, [this](std::size_t r, std::size_t c) -> double& { return core.at[r][c]; });
    pair_up(column_partner,
            [this](std::size_t c, std::size_t r) -> double& { return core.at[r][c]; });
  }

private:
  template <std::size_t Lines, class At>
  consteval void pair_up(std::size_t (&partner)[Lines], At at) {
    constexpr std::size_t length = Rows + Columns - Lines;
    for (std::size_t a = 0; a < Lines; ++a) partner[a] = a;
    for (std::size_t a = 0; a < Lines; ++a)
      for (std::size_t b = a + 1; b < Lines && partner[a] == a; ++b) {
        if (partner[b] != b) continue;
        std::size_t terms = 0, paired = 2;
        for (std::size_t i = 0; i < length; ++i) {
          terms += (at(a, i) != 0) + (at(b, i) != 0);
          paired += (at(a, i) + at(b, i) != 0) + (at(a, i) - at(b, i) != 0);
        }
        if (paired >= terms) continue;
        partner[a] = b;
        partner[b] = a;
        for (std::size_t i = 0; i < length; ++i) {
          const double sum = (at(a, i) + at(b, i)) / 2, difference = (at(a, i) - at(b, i)) / 2;
          at(a, i) = sum;
          at(b, i) = difference;
        }
      }
  }
};

namespace detail {

template <const auto& Partner, class V, std::size_t Size>
[[gnu::always_inline]] inline void butterflies(V (&x)[Size]) {
  simd::unroll<Size>([&](auto a) {
    constexpr std::size_t b = Partner[a];
    if constexpr (b > a) {
      const V sum = x[a] + x[b];
      x[b] = x[a] - x[b];
      x[a] = sum;
    }
  });
}

/// row_times is row R of the core times x. It begins with a term whose factor is 1 if there is one, so
/// that those of -1 are subtracted, and leaves out those of 0.
template <const auto& Matrix, std::size_t R, class V, std::size_t Columns>
[[gnu::always_inline]] inline V row_times(const V (&x)[Columns]) {
  using T = typename V::value_type;
  constexpr const auto& row = Matrix.core.at[R];
  constexpr std::size_t first = [] {
    std::size_t best = Columns;
    for (std::size_t c = 0; c < Columns; ++c)
      if (row[c] != 0 && (best == Columns || (row[c] == 1 && row[best] != 1))) best = c;
    return best;
  }();
  V sum = row[first] == 1 ? x[first] : V(static_cast<T>(row[first])) * x[first];
  simd::unroll<Columns>([&](auto c) {
    constexpr double factor = c == first ? 0 : row[c];
    if constexpr (factor == 1)
      sum = sum + x[c];
    else if constexpr (factor == -1)
      sum = sum - x[c];
    else if constexpr (factor != 0)
      sum = simd::fma(V(static_cast<T>(factor)), x[c], sum);
  });
  return sum;
}

/// times is y = Matrix x; x is used up.
template <const auto& Matrix, class V, std::size_t Rows, std::size_t Columns>
[[gnu::always_inline]] inline void times(V (&x)[Columns], V (&y)[Rows]) {
  butterflies<Matrix.column_partner>(x);
  simd::unroll<Rows>([&](auto r) { y[r] = row_times<Matrix, r>(x); });
  butterflies<Matrix.row_partner>(y);
}

} // namespace detail

/// for_each_line calls f(0) … f(Count - 1) for lines of Length vectors, unrolled if as many lines as long
/// nearly fit into 32 registers. Beyond that it would spill more than a loop stores: F(5, 3) and F(6, 3)
/// lose a third.
template <std::size_t Count, std::size_t Length, class F>
[[gnu::always_inline]] inline void for_each_line(F&& f) {
  if constexpr (Count <= 6 || Count * Length <= 16)
    simd::unroll<Count>(f);
  else
    for (std::size_t i = 0; i < Count; ++i) f(i);
}

/// sandwich is Y = Left X Right^T, X being given by load(i, j) and Y taken by store(i, j, y).
template <const auto& Left, const auto& Right, class V, class Load, class Store>
[[gnu::always_inline]] inline void sandwich(Load&& load, Store&& store) {
  constexpr std::size_t rows = std::extent_v<decltype(Left.core.at), 0>;
  constexpr std::size_t inner_rows = std::extent_v<decltype(Left.core.at), 1>;
  constexpr std::size_t columns = std::extent_v<decltype(Right.core.at), 0>;
  constexpr std::size_t inner_columns = std::extent_v<decltype(Right.core.at), 1>;
  V half[rows][inner_columns];
  for_each_line<inner_columns, inner_rows>([&](std::size_t j) __attribute__((always_inline)) {
    V x[inner_rows], y[rows];
    for (std::size_t i = 0; i < inner_rows; ++i) x[i] = load(i, j);
    detail::times<Left>(x, y);
    for (std::size_t i = 0; i < rows; ++i) half[i][j] = y[i];
  });
  for_each_line<rows, inner_columns>([&](std::size_t i) __attribute__((always_inline)) {
    V y[columns];
    detail::times<Right>(half[i], y);
    for (std::size_t j = 0; j < columns; ++j) store(i, j, y[j]);
  });
}

/// A WinogradTile is rows x columns outputs, made at a time from a kernel of these extents.
struct WinogradTile {
  std::size_t rows, columns;
  std::size_t kernel_height, kernel_width;
  std::size_t stride_height, stride_width;

  /// height and width are those of the window that it sees.
  constexpr std::size_t height() const { return stride_height * (rows - 1) + kernel_height; }
  constexpr std::size_t width() const { return stride_width * (columns - 1) + kernel_width; }
};

/// winograd_tiles are the transforms of such tiles. A plane holds one of the numbers that make up the
/// window of every tile; `plane` is the distance of one to the next.
template <class T, WinogradTile Tile>
struct winograd_tiles {
  using vec = simd::vec<T>;
  static constexpr std::size_t width = Tile.width();
  static constexpr std::size_t planes = Tile.height() * width;
  static constexpr std::size_t taps = Tile.kernel_height * Tile.kernel_width;

  /// A window is the part of an image under a tile: its pixel (0, 0) is image pixel (row, column), and
  /// what is outside of the image is 0.
  struct window {
    std::ptrdiff_t row, column;
    std::ptrdiff_t height, width; // of the image
    std::size_t row_step, pixel_step;

    bool inside() const {
      return row >= 0 && column >= 0 &&
             row + static_cast<std::ptrdiff_t>(Tile.height()) <= height &&
             column + static_cast<std::ptrdiff_t>(Tile.width()) <= width;
    }
    bool has(std::size_t i, std::size_t j) const {
      const std::ptrdiff_t r = row + static_cast<std::ptrdiff_t>(i);
      const std::ptrdiff_t c = column + static_cast<std::ptrdiff_t>(j);
      return r >= 0 && r < height && c >= 0 && c < width;
    }
    std::size_t at(std::size_t i, std::size_t j) const {
      return (static_cast<std::size_t>(row) + i) * row_step +
             (static_cast<std::size_t>(column) + j) * pixel_step;
    }
  };

  /// The input's transform V = input d input^T, for `vectors` vectors of Part channels. Inside says
  /// that no part of the window is outside of the image.
  template <std::size_t Part, bool Inside>
  [[gnu::noinline]] static void input(const T* image, const window& under, std::size_t vectors,
                                      T* v, std::size_t plane) {
    for (; vectors > 0; --vectors, image += simd::lanes<T>, v += simd::lanes<T>)
      sandwich<vertical::input, horizontal::input, vec>(
          [&](std::size_t i, std::size_t j) {
            return Inside || under.has(i, j) ? simd::load_first(image + under.at(i, j), Part)
                                             : vec(0);
          },
          [&](std::size_t i, std::size_t j, vec y) {
            simd::store(v + (i * width + j) * plane, y);
          });
  }

  /// The input's adjoint adds input^T dV input to the image, but assigns what no tile before has
  /// touched: the tiles of an image overlap by a kernel less a stride and come row by row.
  template <std::size_t Part, bool Inside>
  [[gnu::noinline]] static void input_adjoint(const T* dv, std::size_t plane, const window& under,
                                              bool first_row, bool first_column,
                                              std::size_t vectors, T* image) {
    for (; vectors > 0; --vectors, image += simd::lanes<T>, dv += simd::lanes<T>)
      sandwich<vertical::input_adjoint, horizontal::input_adjoint, vec>(
          [&](std::size_t i, std::size_t j) { return simd::load(dv + (i * width + j) * plane); },
          [&](std::size_t i, std::size_t j, vec y) {
            if (!Inside && !under.has(i, j)) return;
            T* const at = image + under.at(i, j);
            if ((i + Tile.stride_height < Tile.kernel_height && !first_row) ||
                (j + Tile.stride_width < Tile.kernel_width && !first_column))
              y = y + simd::load_first(at, Part);
            simd::store_first(at, y, Part);
          });
  }

  /// The output's transform is outputs = output (planes) output^T + bias, handed to the epilogue.
  template <class Epilogue, std::size_t Part>
  [[gnu::noinline]] static void output(const T* m, std::size_t plane, const T* bias,
                                       std::size_t rows, std::size_t columns, std::size_t vectors,
                                       T* y, std::uint8_t* tape, typename Epilogue::steps step) {
    for (; vectors > 0; --vectors) {
      const vec offset = simd::load(bias);
      vec outputs[Tile.rows][Tile.columns];
      sandwich<vertical::output, horizontal::output, vec>(
          [&](std::size_t i, std::size_t j) { return simd::load(m + (i * width + j) * plane); },
          [&](std::size_t i, std::size_t j, vec sum) { outputs[i][j] = sum + offset; });
      Epilogue::store(outputs, rows, columns, y, tape, step, Part);
      m += simd::lanes<T>, bias += simd::lanes<T>, y += simd::lanes<T>;
      if (tape != nullptr) tape += simd::lanes<T>;
    }
  }

  /// The output's adjoint is planes = output^T (gradients of the outputs, from the epilogue) output.
  template <class Epilogue, std::size_t Part>
  [[gnu::noinline]] static void output_adjoint(const T* y, const T* dy, const std::uint8_t* tape,
                                               typename Epilogue::steps step, std::size_t rows,
                                               std::size_t columns, std::size_t vectors, T* dm,
                                               std::size_t plane) {
    for (; vectors > 0; --vectors) {
      vec outputs[Tile.rows][Tile.columns];
      Epilogue::load(y, dy, tape, step, Part, rows, columns, outputs);
      sandwich<vertical::output_adjoint, horizontal::output_adjoint, vec>(
          [&](std::size_t i, std::size_t j) { return outputs[i][j]; },
          [&](std::size_t i, std::size_t j, vec d) {
            simd::store(dm + (i * width + j) * plane, d);
          });
      y += simd::lanes<T>, dy += simd::lanes<T>, dm += simd::lanes<T>;
      if (tape != nullptr) tape += simd::lanes<T>;
    }
  }

  /// The kernel's transform is U = kernel g kernel^T: g[tap] is a vector, u one vector a plane.
  static void kernel(const T (&g)[taps][simd::lanes<T>], T* u, std::size_t plane) {
    sandwich<vertical::kernel, horizontal::kernel, vec>(
        [&](std::size_t i, std::size_t j) { return simd::load(g[Tile.kernel_width * i + j]); },
        [&](std::size_t i, std::size_t j, vec y) { simd::store(u + (i * width + j) * plane, y); });
  }
  static void kernel_adjoint(const T* du, std::size_t plane, T (&dg)[taps][simd::lanes<T>]) {
    sandwich<vertical::kernel_adjoint, horizontal::kernel_adjoint, vec>(
        [&](std::size_t i, std::size_t j) { return simd::load(du + (i * width + j) * plane); },
        [&](std::size_t i, std::size_t j, vec y) {
          simd::store(dg[Tile.kernel_width * i + j], y);
        });
  }

private:
  template <std::size_t M, std::size_t R, std::size_t S>
  struct axis {
    using matrices = winograd_matrices<M, R, S>;
    static constexpr factored_matrix input{matrices::input};
    static constexpr factored_matrix input_adjoint{transposed(matrices::input)};
    static constexpr factored_matrix output{matrices::output};
    static constexpr factored_matrix output_adjoint{transposed(matrices::output)};
    static constexpr factored_matrix kernel{matrices::kernel};
    static constexpr factored_matrix kernel_adjoint{transposed(matrices::kernel)};
  };
  using vertical = axis<Tile.rows, Tile.kernel_height, Tile.stride_height>;
  using horizontal = axis<Tile.columns, Tile.kernel_width, Tile.stride_width>;
};

} // namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET
