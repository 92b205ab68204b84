#pragma once
/// @file
/// The register tile under convolution and linear, forward and backward: C = C + A B, where a few
/// rows of C stay in registers, elements of A are broadcast and rows of B are vectors.
/// Columns are cut into panels (a panel's vectors are the tile's width), rows into tiles.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <ctnn/core/instruction_set.hpp>
#include <ctnn/kernels/simd.hpp>

namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET {

/// A panel is some columns of a matrix, [0, width), of which `columns` exist; the rest is padding in
/// packed memory and never touched elsewhere. Halves says that its vectors are half ones.
template <class T, std::size_t Vectors, std::size_t LastLanes, bool Halves = false>
struct panel {
  static constexpr bool halves = Halves;
  static constexpr std::size_t vectors = Vectors;
  static constexpr std::size_t step = Halves ? simd::lanes<T> / 2 : simd::lanes<T>; // of a vector
  static constexpr std::size_t width = Vectors * step;
  static constexpr std::size_t columns = width - step + LastLanes;

  /// rows is the number of rows of a tile: 24 sums in 32 registers, 12 in 16, so that a row of B and
  /// one element of A fit beside them; and a pointer for each row has to fit into the 16 integer
  /// registers.
  static constexpr std::size_t rows =
      std::min<std::size_t>(8, (simd::registers == 32 ? 24 : 12) / Vectors);

  /// packed is the same panel with its padding, for packed memory.
  using packed = panel<T, Vectors, step, Halves>;

  static constexpr std::size_t lanes(std::size_t vector) {
    return vector + 1 == Vectors ? LastLanes : step;
  }
};

/// panels cuts `Columns` into equal panels of at most 4 vectors (2 with 16 registers); the last may be
/// narrower. Few columns are one of half vectors, if those are allowed.
template <class T, std::size_t Columns, bool AllowHalves = false>
struct panels {
  static constexpr bool halves = AllowHalves && simd::has_halves && Columns <= simd::lanes<T> / 2;
  static constexpr std::size_t step = halves ? simd::lanes<T> / 2 : simd::lanes<T>;
  static constexpr std::size_t vectors = (Columns + step - 1) / step;
  static constexpr std::size_t most = simd::registers == 32 ? 4 : 2;
  static constexpr std::size_t count = (vectors + most - 1) / most;
  static constexpr std::size_t each = (vectors + count - 1) / count;

  using whole = panel<T, each, step, halves>;
  using last = panel<T, vectors - (count - 1) * each, Columns - (vectors - 1) * step, halves>;

  /// padded is the number of columns in packed memory. Panel after panel, so a panel of a packed matrix
  /// of R rows starts at R * (its first column).
  static constexpr std::size_t padded = vectors * step;

  /// Calls f(panel, first column).
  template <class F>
  static void for_each(F&& f) {
    if constexpr (std::is_same_v<whole, last>) {
      for (std::size_t p = 0; p < count; ++p) f(whole{}, p * whole::width);
    } else {
      for (std::size_t p = 0; p + 1 < count; ++p) f(whole{}, p * whole::width);
      f(last{}, (count - 1) * whole::width);
    }
  }
};

/// A tile_cut is `count` rows cut into the fewest tiles of at most `most` rows, as even as possible: 10
/// is 5 + 5 with most = 6. The first `taller` tiles have one row more than the `least` of the others.
struct tile_cut {
  std::size_t tiles, least, taller;

  constexpr tile_cut(std::size_t count, std::size_t most)
      : tiles((count + most - 1) / most), least(count / tiles), taller(count % tiles) {}
  constexpr std::size_t tallest() const { return least + (taller > 0 ? 1 : 0); }
};

/// Calls f(integral_constant<rows>, first row) for the tiles of `cut`, in order. Least and Most are
/// bounds known to the caller; each height between them is compiled.
template <std::size_t Least, std::size_t Most, class F>
inline void for_each_tile(tile_cut cut, F&& f) {
  std::size_t row = 0;
  for (std::size_t tile = 0; tile < cut.tiles;) {
    const bool tall = tile < cut.taller;
    const std::size_t height = cut.least + (tall ? 1 : 0);
    const std::size_t end = tall ? cut.taller : cut.tiles;
    simd::unroll<Most - Least + 1>([&](auto i) {
      constexpr std::size_t rows = Least + i;
      if (height == rows)
        for (; tile < end; ++tile, row += rows) f(std::integral_constant<std::size_t, rows>{}, row);
    });
  }
}

/// grid_offset is the place of a cell in a stack of grids: ColumnStep within a row, RowStep from row to
/// row, PlaneStep from grid to grid. It divides by constants, in 32 bits: a running counter would hold
/// registers through every product.
template <std::size_t Columns, std::size_t ColumnStep, std::size_t Rows, std::size_t RowStep,
          std::size_t PlaneStep>
constexpr std::size_t grid_offset(std::size_t cell) {
  const auto at = static_cast<std::uint32_t>(cell);
  const auto columns = static_cast<std::uint32_t>(Columns);
  const auto rows = static_cast<std::uint32_t>(Rows);
  return at % columns * ColumnStep + at / columns % rows * RowStep +
         at / columns / rows * PlaneStep;
}

/// strided_rows are rows at a constant distance. They need one integer register whatever their number.
template <class T, std::size_t Distance>
struct strided_rows {
  T* first;

  T* operator[](std::size_t row) const { return first + row * Distance; }
  void advance(std::size_t elements) { first += elements; }
};

/// scattered_rows are rows anywhere.
template <class T, std::size_t Rows>
struct scattered_rows {
  T* first[Rows];
  std::size_t advanced = 0;

  /// Row r begins at base + offset(r).
  template <class F>
  scattered_rows(T* base, F&& offset) {
    simd::unroll<Rows>([&](auto r) { first[r] = base + offset(r); });
  }
  T* operator[](std::size_t row) const { return first[row] + advanced; }
  void advance(std::size_t elements) { advanced += elements; }
};

/// A tile is Rows x Panel sums in registers. The pragmas keep them there: both compilers unroll by
/// them, in two thirds of the time that lambdas with constant indices take to compile.
template <class T, std::size_t Rows, class Panel>
class tile {
  using vec = std::conditional_t<Panel::halves, simd::half_vec<T>, simd::vec<T>>;
  static constexpr std::size_t step = Panel::step;

public:
  tile() {
    each([](auto, auto, vec& sum) { sum = vec(T(0)); });
  }
  /// A tile each of whose rows is `row`, which is packed.
  explicit tile(const T* row) {
    each([&](auto, auto v, vec& sum) { sum = load(row + v * step, step); });
  }

  [[gnu::always_inline]] void add(const tile& other) {
    each([&](auto r, auto v, vec& sum) { sum = sum + other.sum_[r][v]; });
  }
  /// This adds `row`, which is not packed, to each row.
  [[gnu::always_inline]] void add(const T* row) {
    each([&](auto, auto v, vec& sum) { sum = sum + load(row + v * step, Panel::lanes(v)); });
  }

  /// apply replaces every sum s by F(s).
  template <class F>
  [[gnu::always_inline]] void apply() {
    each([](auto, auto, vec& sum) {
      if constexpr (Panel::halves)
        sum = vec::first_of(F::f(sum.whole()));
      else
        sum = F::f(sum);
    });
  }

  template <class C>
  [[gnu::always_inline]] void store(C c) {
    each([&](auto r, auto v, vec& sum) {
      simd::store_first(c[r] + v * step, sum, Panel::lanes(v));
    });
  }

  /// add_to adds the sums to c, rows of whole vectors.
  template <class C>
  [[gnu::always_inline]] void add_to(C c) {
    each([&](auto r, auto v, vec& sum) {
      T* at = c[r] + v * step;
      simd::store_first(at, load(at, step) + sum, step);
    });
  }

  /// accumulate does sum[r] += a[r][k * a_step] * (row b + k * b_step) for k in [0, count), in this
  /// order. Packed rows of B are padded to whole vectors. Each k brings 64 bytes at `ahead` closer, to be
  /// written if ToWrite.
  template <bool Packed, bool ToWrite = false, class A>
  [[gnu::always_inline]] void accumulate(A a, std::size_t a_step, const T* b, std::size_t b_step,
                                         std::size_t count, const T* ahead = nullptr) {
    for (std::size_t k = 0; k < count; ++k, a.advance(a_step), b += b_step) {
      if constexpr (ToWrite)
        simd::prefetch_to_write(ahead + k * (64 / sizeof(T)));
      else if (ahead != nullptr)
        simd::prefetch(ahead + k * (64 / sizeof(T)));
      vec row[Panel::vectors];
#pragma GCC unroll 8
      for (std::size_t v = 0; v < Panel::vectors; ++v)
        row[v] = simd::in_register<T>(load(b + v * step, Packed ? step : Panel::lanes(v)));
#pragma GCC unroll 8
      for (std::size_t r = 0; r < Rows; ++r) {
        const vec element(*a[r]);
#pragma GCC unroll 8
        for (std::size_t v = 0; v < Panel::vectors; ++v)
          sum_[r][v] = simd::fma(element, row[v], sum_[r][v]);
      }
    }
  }

private:
  [[gnu::always_inline]] static vec load(const T* p, std::size_t count) {
    if constexpr (Panel::halves)
      return simd::load_half<T>(p, count);
    else
      return simd::load_first(p, count);
  }
  template <class F>
  [[gnu::always_inline]] void each(F&& f) {
#pragma GCC unroll 8
    for (std::size_t r = 0; r < Rows; ++r)
#pragma GCC unroll 8
      for (std::size_t v = 0; v < Panel::vectors; ++v) f(r, v, sum_[r][v]);
  }

  vec sum_[Rows][Panel::vectors];
};

/// A strided_matrix is anywhere in memory; each step may be 1.
template <class T>
struct strided_matrix {
  T* first;
  std::size_t row_step, column_step;
};

/// multiply is C = A B, or C += A B: A is rows x depth, B depth x Panel with its rows b_step apart, C
/// rows x Panel with its rows c_step apart; B and C in whole vectors. Each element is one chain of
/// multiply-adds in the order of k, whatever the number of rows.
///
/// While a tile is summed up, memory that hardware does not foresee is fetched: the next tile of C, to be
/// written, if it is added to; otherwise `next`, which is multiplied after B and as large (b: nothing).
///
/// Sizes are not template arguments: one instance serves all layers, and no division or address
/// computation is left in the inner loop that constants would save.
template <class Panel, bool Add, class T>
[[gnu::noinline]] void multiply(std::size_t rows, std::size_t depth, strided_matrix<const T> a,
                                const T* b, std::size_t b_step, T* c, std::size_t c_step,
                                const T* next = nullptr) {
  for_each_tile<1, Panel::rows>(tile_cut(rows, Panel::rows), [&](auto height, std::size_t first) {
    const scattered_rows<const T, height> from(a.first + first * a.row_step,
                                               [&](std::size_t r) { return r * a.row_step; });
    const scattered_rows<T, height> to(c + first * c_step,
                                       [&](std::size_t r) { return r * c_step; });
    tile<T, height, Panel> sums;
    sums.template accumulate<true, Add>(from, a.column_step, b, b_step, depth,
                                        Add ? c + (first + height) * c_step : next);
    if constexpr (Add) {
      sums.add_to(to);
    } else {
      sums.store(to);
      // Each tile fetches a line for each row of B, so that one tile a vector has fetched all.
      next = first / Panel::rows + 1 < Panel::vectors ? next + depth * (64 / sizeof(T)) : b;
    }
  });
}

} // namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET
