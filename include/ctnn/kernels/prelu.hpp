#pragma once
/// @file
/// A rectifier whose slope below zero is a parameter.

#include <algorithm>
#include <array>
#include <cstddef>
#include <numeric>

#include <ctnn/core/instruction_set.hpp>
#include <ctnn/kernels/names.hpp>
#include <ctnn/kernels/normalization.hpp>
#include <ctnn/kernels/simd.hpp>

namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET {

/// prelu is x where positive, weight[c] * x elsewhere, c being the place of x modulo `Channels`: the channel,
/// or 0 of one channel where all share a slope. torch.nn.PReLU
///
/// The elements are read as rows of `unit`, so that a lane has the same channel in every row.
template <class T, std::size_t Channels>
struct prelu {
  /// x, y: `count` elements, a multiple of Channels. x may be y.
  static void forward(std::size_t count, const T* x, const T* weight, T* y) {
    const auto slopes = spread(weight);
    for (std::size_t row = 0; row < count; row += unit)
      simd::for_each_vector<T>(
          std::min(unit, count - row), [&](std::size_t lane, std::size_t part) {
            const V value = simd::load_first(x + row + lane, part);
            const V slope = simd::load_first(slopes.data() + lane, part);
            simd::store_first(y + row + lane, select(value > V(0), value, value * slope), part);
          });
  }

  /// Assigns dx, which may be dy; adds to dweight, of which a lane adds up few rows in T and the rest in
  /// double.
  static void backward(std::size_t count, const T* x, const T* weight, const T* dy, T* dx,
                       T* dweight) {
    const auto slopes = spread(weight);
    std::array<double, unit> sums{};
    constexpr std::size_t block = detail::summed_in_t * unit;
    for (std::size_t first = 0; first < count; first += block) {
      const std::size_t last = std::min(first + block, count);
      simd::for_each_vector<T>(
          std::min(unit, last - first), [&](std::size_t lane, std::size_t whole) {
            const V slope = simd::load_first(slopes.data() + lane, whole);
            V sum(0);
            for (std::size_t at = first + lane; at < last; at += unit) {
              const std::size_t part = std::min(whole, last - at);
              const V value = simd::load_first(x + at, part),
                      gradient = simd::load_first(dy + at, part);
              const auto positive = value > V(0);
              simd::store_first(dx + at, select(positive, gradient, gradient * slope), part);
              sum += select(positive, V(0), gradient * value);
            }
            detail::add_lanes<T>(sum, whole, sums.data() + lane);
          });
    }
    for (std::size_t c = 0; c < Channels; ++c) {
      double sum = 0;
      for (std::size_t lane = c; lane < unit; lane += Channels) sum += sums[lane];
      dweight[c] += static_cast<T>(sum);
    }
  }

private:
  using V = simd::vec<T>;
  /// unit is Channels, or as many of them as fill whole vectors, if one vector has room for several.
  static constexpr std::size_t unit =
      Channels < simd::lanes<T> ? std::lcm(Channels, simd::lanes<T>) : Channels;

  static std::array<T, unit> spread(const T* weight) {
    std::array<T, unit> slopes;
    for (std::size_t lane = 0; lane < unit; ++lane) slopes[lane] = weight[lane % Channels];
    return slopes;
  }
};

} // namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET
