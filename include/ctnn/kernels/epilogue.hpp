#pragma once
/// @file
/// What becomes of a convolution's outputs before they are stored, while they are in registers: the
/// maximum of each window, a function of it; and the same for the gradient that comes back.

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <ctnn/core/instruction_set.hpp>
#include <ctnn/kernels/elementwise.hpp>
#include <ctnn/kernels/max_pool2d.hpp>
#include <ctnn/kernels/names.hpp>
#include <ctnn/kernels/simd.hpp>

namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET {

/// epilogue is what follows a convolution or linear layer: y = F(max over Pool x Pool windows side by
/// side), or y = F(outputs) if Pool is 1. It works on Rows x Columns outputs of one vector of channels,
/// multiples of Pool, of which the first `rows` and `columns` exist (multiples of Pool
/// too).
///
/// `tape` is what backward is told of a window, unused if Pool is 1: the position of its largest output,
/// counted from 1, or 0 if F lets no gradient pass. It is a byte, for a step reads and writes
/// it from memory.
template <std::size_t Pool, class F>
struct epilogue {
  using function = F;
  static constexpr std::size_t pool = Pool;
  static constexpr bool identity_only = Pool == 1 && std::is_same_v<F, identity>;

  /// gates_windows is whether the tape tells what F makes of a gradient, so that backward need not read y.
  static constexpr bool gates_windows = Pool > 1 && requires { requires F::is_gate; };
  static_assert(Pool * Pool < 256, "a position in a window is a byte");

  /// steps are the distances in y, dy and tape, which have one shape: a pixel of Pool x Pool outputs
  /// is `pixel` elements from the next, a row of pixels `row` elements.
  struct steps {
    std::size_t row, pixel;
  };

  /// store assigns y, and tape unless it is null.
  template <std::size_t Rows, std::size_t Columns, class T>
  [[gnu::always_inline]] static void store(const simd::vec<T> (&outputs)[Rows][Columns],
                                           std::size_t rows, std::size_t columns, T* y,
                                           std::uint8_t* tape, steps step, std::size_t part) {
    for_each_window<Rows, Columns>(rows, columns, [&](std::size_t i, std::size_t j) {
      const std::size_t at = i * step.row + j * step.pixel;
      if constexpr (Pool == 1) {
        simd::store_first(y + at, F::f(outputs[i][j]), part);
      } else {
        running_max<T> max(1, outputs[i * Pool][j * Pool]);
        for (std::size_t k = 1; k < Pool * Pool; ++k)
          max.take(outputs[i * Pool + k / Pool][j * Pool + k % Pool], k + 1);
        const simd::vec<T> value = F::f(max.largest);
        simd::store_first(y + at, value, part);
        if (tape == nullptr) return;
        if constexpr (gates_windows) max.winner = F::chain(value, max.winner);
        simd::store_bytes<T>(tape + at, max.winner, part);
      }
    });
  }

  /// load assigns the gradients of the outputs, 0 where there is no output.
  template <std::size_t Rows, std::size_t Columns, class T>
  [[gnu::always_inline]] static void
  load(const T* y, const T* dy, const std::uint8_t* tape, steps step, std::size_t part,
       std::size_t rows, std::size_t columns, simd::vec<T> (&outputs)[Rows][Columns]) {
    using vec = simd::vec<T>;
    for (std::size_t i = 0; i < Rows / Pool; ++i)
      for (std::size_t j = 0; j < Columns / Pool; ++j) {
        const bool exists = i * Pool < rows && j * Pool < columns;
        const std::size_t at = i * step.row + j * step.pixel;
        vec gradient = exists ? simd::load_first(dy + at, part) : vec(0);
        if constexpr (!std::is_same_v<F, identity> && !gates_windows)
          if (exists) gradient = elementwise<T, F>::chain(simd::load_first(y + at, part), gradient);
        if constexpr (Pool == 1) {
          outputs[i][j] = gradient;
        } else {
          const vec winner = exists ? simd::load_bytes<T>(tape + at, part) : vec(0);
          for (std::size_t k = 0; k < Pool * Pool; ++k)
            outputs[i * Pool + k / Pool][j * Pool + k % Pool] =
                select(winner == vec(static_cast<T>(k + 1)), gradient, vec(0));
        }
      }
  }

private:
  template <std::size_t Rows, std::size_t Columns, class Do>
  [[gnu::always_inline]] static void for_each_window(std::size_t rows, std::size_t columns,
                                                     Do&& f) {
    static_assert(Rows % Pool == 0 && Columns % Pool == 0);
    for (std::size_t i = 0; i < Rows / Pool; ++i)
      for (std::size_t j = 0; j < Columns / Pool; ++j)
        if (i * Pool < rows && j * Pool < columns) f(i, j);
  }
};

} // namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET
