#pragma once
/// @file
/// Normalisation of sets of elements to mean 0 and variance 1: the channels of a pixel, or a group of
/// channels over all pixels.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>

#include <ctnn/core/instruction_set.hpp>
#include <ctnn/kernels/geometry.hpp>
#include <ctnn/kernels/names.hpp>
#include <ctnn/kernels/simd.hpp>

namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET {

namespace detail {

/// summed_in_t is how many terms a lane adds up in T before it goes on in double: a set may have more
/// elements than a float counts, and 64 roundings do no harm.
inline constexpr std::size_t summed_in_t = 64;

/// zero_behind is v with zeros in the place of all lanes but the first `part`.
template <class T>
inline simd::vec<T> zero_behind(simd::vec<T> v, std::size_t part) {
  if (part == simd::lanes<T>) return v;
  static constexpr auto numbers = [] {
    std::array<T, simd::lanes<T>> lane{};
    for (std::size_t i = 0; i < lane.size(); ++i) lane[i] = static_cast<T>(i);
    return lane;
  }();
  return select(simd::load(numbers.data()) < simd::vec<T>(static_cast<T>(part)), v,
                simd::vec<T>(0));
}

/// add_lanes adds the first `part` lanes of v to sums in double.
template <class T>
inline void add_lanes(simd::vec<T> v, std::size_t part, double* sums) {
  std::array<T, simd::lanes<T>> lane;
  simd::store(lane.data(), v);
  for (std::size_t i = 0; i < part; ++i) sums[i] += static_cast<double>(lane[i]);
}

/// normalize_pixels normalises the channels of each pixel, which lie one behind the other. Its functions
/// are those of normalization, on `rows` pixels.
template <class T, NormalizationGeometry G>
struct normalize_pixels {
  static void forward(std::size_t rows, T eps, const T* x, const T* weight, const T* bias, T* y,
                      T* tape) {
    for (std::size_t row = 0; row < rows; row += at_once) {
      const std::size_t count = std::min(at_once, rows - row);
      if constexpr (narrow)
        forward_together(count, eps, x, weight, bias, y, tape);
      else
        forward_row(eps, x, weight, bias, y, tape);
      x += count * channels;
      y += count * channels;
      if (tape != nullptr) tape += count * told;
    }
  }

  static void backward(std::size_t rows, const T* x, const T* weight, const T* tape, const T* dy,
                       T* dx, T* dweight, T* dbias) {
    // The gradients by weight and bias first, for dx may be dy; both of so many rows as the cache holds.
    constexpr std::size_t piece = (32'768 / channels / summed_in_t + 1) * summed_in_t;
    for (std::size_t first = 0; first < rows; first += piece) {
      const std::size_t last = std::min(first + piece, rows);
      if constexpr (G.weight || G.bias)
        add_gradients(last - first, x + first * channels, tape + first * told,
                      dy + first * channels, dweight, dbias);
      for (std::size_t row = first; row < last; row += at_once) {
        const std::size_t at = row * channels;
        if constexpr (narrow)
          backward_together(std::min(at_once, last - row), x + at, weight, tape + row * told,
                            dy + at, dx + at);
        else
          backward_row(x + at, weight, tape + row * told, dy + at, dx + at);
      }
    }
  }

private:
  using V = simd::vec<T>;
  static constexpr std::size_t channels = G.channels, lanes = simd::lanes<T>;
  static constexpr std::size_t told = G.centered ? 2 : 1; // elements of the tape for each pixel

  // Fewer channels than lanes: one pixel would leave lanes idle, so each lane takes one of its own.
  static constexpr bool narrow = channels < lanes;
  static constexpr std::size_t at_once = narrow ? lanes : 1;

  static constexpr T mean_of(const T* tape) { return G.centered ? tape[0] : T(0); }
  static constexpr T inverse_of(const T* tape) { return tape[told - 1]; }

  /// sums are those of f(channel, part, sums) over the channels of a pixel, which adds a vector to each.
  template <std::size_t Count, class F>
  static std::array<double, Count> sums(F&& f) {
    constexpr std::size_t whole = channels / lanes, tail = channels % lanes, ways = 4;
    constexpr std::size_t rounds = whole / ways, left = whole % ways;
    std::array<double, Count> total{};
    std::size_t round = 0;
    do {
      std::array<V, Count> sum[ways];
      for (auto& way : sum) way.fill(V(0));
      const std::size_t last = std::min(round + summed_in_t, rounds);
      for (; round < last; ++round)
        simd::unroll<ways>([&](auto way) { f((round * ways + way) * lanes, lanes, sum[way]); });
      if (round == rounds) {
        simd::unroll<left>([&](auto way) { f((rounds * ways + way) * lanes, lanes, sum[way]); });
        if constexpr (tail > 0) f(whole * lanes, tail, sum[left]);
      }
      for (std::size_t i = 0; i < Count; ++i)
        total[i] += static_cast<double>(
            simd::reduce_add<T>((sum[0][i] + sum[1][i]) + (sum[2][i] + sum[3][i])));
    } while (round < rounds);
    return total;
  }

  static void forward_row(T eps, const T* x, const T* weight, const T* bias, T* y, T* tape) {
    T mean = 0;
    if constexpr (G.centered) {
      const auto [sum] = sums<1>([=](std::size_t c, std::size_t part, std::array<V, 1>& to) {
        to[0] += simd::load_first(x + c, part);
      });
      mean = static_cast<T>(sum / channels);
    }
    const auto [squares] = sums<1>([=](std::size_t c, std::size_t part, std::array<V, 1>& to) {
      V from_mean = simd::load_first(x + c, part);
      if constexpr (G.centered) from_mean = zero_behind<T>(from_mean - V(mean), part);
      to[0] = simd::fma<T>(from_mean, from_mean, to[0]);
    });
    const T inverse = 1 / std::sqrt(static_cast<T>(squares / channels) + eps);
    simd::for_each_vector<T>(channels, [=](std::size_t c, std::size_t part) {
      const V unit = (simd::load_first(x + c, part) - V(mean)) * V(inverse);
      simd::store_first(y + c, finish(unit, weight, bias, c, part), part);
    });
    if (tape == nullptr) return;
    if constexpr (G.centered) tape[0] = mean;
    tape[told - 1] = inverse;
  }

  /// finish is unit * weight + bias.
  static V finish(V unit, const T* weight, const T* bias, std::size_t c, std::size_t part) {
    if constexpr (G.weight && G.bias)
      return simd::fma<T>(unit, simd::load_first(weight + c, part),
                          simd::load_first(bias + c, part));
    else if constexpr (G.weight)
      return unit * simd::load_first(weight + c, part);
    else if constexpr (G.bias)
      return unit + simd::load_first(bias + c, part);
    else
      return unit;
  }

  /// With g = dy * weight and u what forward made of x before weight and bias,
  /// dx = (g - mean(g) - u * mean(g * u)) / deviation.
  static void backward_row(const T* x, const T* weight, const T* tape, const T* dy, T* dx) {
    const V mean(mean_of(tape)), inverse(inverse_of(tape));
    const auto gradient = [=](std::size_t c, std::size_t part) {
      V g = simd::load_first(dy + c, part);
      if constexpr (G.weight) g *= simd::load_first(weight + c, part);
      return g;
    };
    const auto unit = [=](std::size_t c, std::size_t part) {
      return (simd::load_first(x + c, part) - mean) * inverse;
    };
    const auto [sum, products] =
        sums<2>([=](std::size_t c, std::size_t part, std::array<V, 2>& to) {
          const V g = gradient(c, part);
          to[0] += g;
          to[1] = simd::fma<T>(g, unit(c, part), to[1]);
        });
    const V shift(G.centered ? static_cast<T>(sum / channels) : T(0));
    const V turn(static_cast<T>(products / channels));
    simd::for_each_vector<T>(channels, [=](std::size_t c, std::size_t part) {
      const V difference = gradient(c, part) - shift - unit(c, part) * turn;
      simd::store_first(dx + c, difference * inverse, part);
    });
  }

  /// Adds the gradients by weight and bias: down the pixels, a few vectors of channels at a time.
  static void add_gradients(std::size_t rows, const T* x, const T* tape, const T* dy, T* dweight,
                            T* dbias) {
    constexpr std::size_t step = 4 * lanes;
    std::size_t c = 0;
    for (; c + step <= channels; c += step)
      add_gradients<4, lanes>(c, rows, x, tape, dy, dweight, dbias);
    for (; c + lanes <= channels; c += lanes)
      add_gradients<1, lanes>(c, rows, x, tape, dy, dweight, dbias);
    if constexpr (channels % lanes > 0)
      add_gradients<1, channels % lanes>(c, rows, x, tape, dy, dweight, dbias);
  }

  template <std::size_t Count, std::size_t Part>
  static void add_gradients(std::size_t c, std::size_t rows, const T* x, const T* tape, const T* dy,
                            T* dweight, T* dbias) {
    std::array<double, Count * lanes> by_weight{}, by_bias{};
    for (std::size_t first = 0; first < rows; first += summed_in_t) {
      std::array<V, Count> weight_sum, bias_sum;
      weight_sum.fill(V(0));
      bias_sum.fill(V(0));
      const std::size_t last = std::min(first + summed_in_t, rows);
      for (std::size_t row = first; row < last; ++row) {
        const V mean(mean_of(tape + row * told)), inverse(inverse_of(tape + row * told));
        simd::unroll<Count>([&](auto k) {
          const std::size_t at = row * channels + c + k * lanes;
          const V g = simd::load_first(dy + at, Part);
          if constexpr (G.bias) bias_sum[k] += g;
          if constexpr (G.weight)
            weight_sum[k] =
                simd::fma<T>(g, (simd::load_first(x + at, Part) - mean) * inverse, weight_sum[k]);
        });
      }
      for (std::size_t k = 0; k < Count; ++k) {
        add_lanes<T>(weight_sum[k], Part, by_weight.data() + k * lanes);
        add_lanes<T>(bias_sum[k], Part, by_bias.data() + k * lanes);
      }
    }
    for (std::size_t i = 0; i < (Count - 1) * lanes + Part; ++i) {
      if constexpr (G.weight) dweight[c + i] += static_cast<T>(by_weight[i]);
      if constexpr (G.bias) dbias[c + i] += static_cast<T>(by_bias[i]);
    }
  }

  // A Block is the channels of `lanes` pixels, a lane for each.
  using Block = std::array<V, narrow ? channels : 1>;

  static Block load_block(std::size_t count, const T* x) {
    Block block;
    for (std::size_t c = 0; c < channels; ++c) {
      std::array<T, lanes> lane{};
      for (std::size_t i = 0; i < count; ++i) lane[i] = x[i * channels + c];
      block[c] = simd::load(lane.data());
    }
    return block;
  }
  static void store_block(const Block& block, std::size_t count, T* y) {
    for (std::size_t c = 0; c < channels; ++c) {
      std::array<T, lanes> lane;
      simd::store(lane.data(), block[c]);
      for (std::size_t i = 0; i < count; ++i) y[i * channels + c] = lane[i];
    }
  }
  static V sum_of(const Block& block) {
    V sum(0);
    for (const V& channel : block) sum += channel;
    return sum;
  }

  static void forward_together(std::size_t count, T eps, const T* x, const T* weight, const T* bias,
                               T* y, T* tape) {
    const V size(static_cast<T>(channels));
    Block block = load_block(count, x);
    V mean(0), squares(0);
    if constexpr (G.centered) mean = sum_of(block) / size;
    for (V& channel : block) {
      channel -= mean;
      squares = simd::fma<T>(channel, channel, squares);
    }
    const V inverse = V(1) / simd::sqrt<T>(squares / size + V(eps));
    for (std::size_t c = 0; c < channels; ++c) {
      block[c] *= inverse;
      if constexpr (G.weight) block[c] *= V(weight[c]);
      if constexpr (G.bias) block[c] += V(bias[c]);
    }
    store_block(block, count, y);
    if (tape == nullptr) return;
    std::array<T, lanes> means, inverses;
    simd::store(means.data(), mean);
    simd::store(inverses.data(), inverse);
    for (std::size_t i = 0; i < count; ++i) {
      if constexpr (G.centered) tape[i * told] = means[i];
      tape[i * told + told - 1] = inverses[i];
    }
  }

  static void backward_together(std::size_t count, const T* x, const T* weight, const T* tape,
                                const T* dy, T* dx) {
    const V size(static_cast<T>(channels));
    std::array<T, lanes> means{}, inverses{};
    for (std::size_t i = 0; i < count; ++i) {
      means[i] = mean_of(tape + i * told);
      inverses[i] = inverse_of(tape + i * told);
    }
    const V mean = simd::load(means.data()), inverse = simd::load(inverses.data());
    Block unit = load_block(count, x), gradient = load_block(count, dy);
    V products(0);
    for (std::size_t c = 0; c < channels; ++c) {
      unit[c] = (unit[c] - mean) * inverse;
      if constexpr (G.weight) gradient[c] *= V(weight[c]);
      products = simd::fma<T>(gradient[c], unit[c], products);
    }
    const V shift = G.centered ? sum_of(gradient) / size : V(0), turn = products / size;
    for (std::size_t c = 0; c < channels; ++c)
      gradient[c] = (gradient[c] - shift - unit[c] * turn) * inverse;
    store_block(gradient, count, dx);
  }
};

/// normalize_groups normalises groups of channels, each over all pixels of a sample. A sample is read as
/// rows of `unit` elements, whole pixels that fill whole vectors as far as that goes: so a lane has the
/// same channel in every row. What belongs to a lane, some 40 bytes, is on the stack.
template <class T, NormalizationGeometry G>
struct normalize_groups {
  static_assert(G.centered && G.channels % G.groups == 0);

  /// forward assigns y and stats, the mean and inverse deviation of each group.
  static void forward(T eps, const T* x, const T* weight, const T* bias, T* y, T* stats) {
    const auto sum = by_group(lane_sums<1>([=](std::size_t, auto) {
      return [=](std::size_t, std::size_t at, std::size_t part, std::array<V, 1>& to) {
        to[0] += simd::load_first(x + at, part);
      };
    })[0]);
    for (std::size_t g = 0; g < groups; ++g)
      stats[2 * g] = static_cast<T>(sum[g] / static_cast<double>(G.set_size()));
    const Lanes mean = spread([=](std::size_t g, std::size_t) { return stats[2 * g]; });

    // The deviations from the mean, in a second pass over what is in the cache by now: squares of x
    // itself would lose them where the mean is large.
    const auto squares = by_group(lane_sums<1>([&](std::size_t column, auto block) {
      const auto means = load<block.count, block.part>(mean, column);
      return [=](std::size_t k, std::size_t at, std::size_t part, std::array<V, 1>& to) {
        const V from_mean = zero_behind<T>(simd::load_first(x + at, part) - means[k], part);
        to[0] = simd::fma<T>(from_mean, from_mean, to[0]);
      };
    })[0]);
    for (std::size_t g = 0; g < groups; ++g)
      stats[2 * g + 1] =
          1 / std::sqrt(static_cast<T>(squares[g] / static_cast<double>(G.set_size())) + eps);

    const Lanes scale = spread([=](std::size_t g, std::size_t c) {
      return G.weight ? stats[2 * g + 1] * weight[c] : stats[2 * g + 1];
    });
    const Lanes shift = spread([=](std::size_t, std::size_t c) { return G.bias ? bias[c] : T(0); });
    for_each_block([&](std::size_t column, auto block) {
      const auto means = load<block.count, block.part>(mean, column);
      const auto scales = load<block.count, block.part>(scale, column);
      const auto shifts = load<block.count, block.part>(shift, column);
      for_each_row<block.count, block.part>(
          column, [&](std::size_t k, std::size_t at, std::size_t part) {
            const V from_mean = simd::load_first(x + at, part) - means[k];
            simd::store_first(y + at, simd::fma<T>(from_mean, scales[k], shifts[k]), part);
          });
    });
  }

  static void backward(const T* x, const T* weight, const T* stats, const T* dy, T* dx, T* dweight,
                       T* dbias) {
    const Lanes mean = spread([=](std::size_t g, std::size_t) { return stats[2 * g]; });
    const auto sums = lane_sums<2>([&](std::size_t column, auto block) {
      const auto means = load<block.count, block.part>(mean, column);
      return [=](std::size_t k, std::size_t at, std::size_t part, std::array<V, 2>& to) {
        const V g = simd::load_first(dy + at, part);
        to[0] += g;
        to[1] = simd::fma<T>(g, simd::load_first(x + at, part) - means[k], to[1]);
      };
    });

    // For each channel the sums of dy and of dy * u, u being what forward made of x before weight and
    // bias; for each group the means of these times the weight.
    std::array<double, groups> shift{}, turn{};
    const auto by_bias = by_channel(sums[0]), by_weight = by_channel(sums[1]);
    for (std::size_t c = 0; c < channels; ++c) {
      const std::size_t g = c / group_size;
      const double inverse = static_cast<double>(stats[2 * g + 1]);
      if constexpr (G.weight) dweight[c] += static_cast<T>(by_weight[c] * inverse);
      if constexpr (G.bias) dbias[c] += static_cast<T>(by_bias[c]);
      const double factor = G.weight ? static_cast<double>(weight[c]) : 1;
      shift[g] += factor * by_bias[c];
      turn[g] += factor * by_weight[c] * inverse;
    }

    // dx = (dy * weight - mean(dy * weight) - u * mean(dy * weight * u)) / deviation, in which the
    // numbers of a channel are put together.
    constexpr auto size = static_cast<double>(G.set_size());
    const auto inverse_of = [=](std::size_t g) { return static_cast<double>(stats[2 * g + 1]); };
    const Lanes factor = spread([=](std::size_t g, std::size_t c) {
      return G.weight ? stats[2 * g + 1] * weight[c] : stats[2 * g + 1];
    });
    const Lanes slope = spread([&](std::size_t g, std::size_t) {
      return static_cast<T>(-turn[g] / size * inverse_of(g) * inverse_of(g));
    });
    const Lanes offset = spread([&](std::size_t g, std::size_t) {
      return static_cast<T>(-shift[g] / size * inverse_of(g));
    });
    for_each_block([&](std::size_t column, auto block) {
      const auto means = load<block.count, block.part>(mean, column);
      const auto factors = load<block.count, block.part>(factor, column);
      const auto slopes = load<block.count, block.part>(slope, column);
      const auto offsets = load<block.count, block.part>(offset, column);
      for_each_row<block.count, block.part>(column, [&](std::size_t k, std::size_t at,
                                                        std::size_t part) {
        const V from_mean = simd::load_first(x + at, part) - means[k];
        const V rest = simd::fma<T>(from_mean, slopes[k], offsets[k]);
        simd::store_first(dx + at, simd::fma<T>(simd::load_first(dy + at, part), factors[k], rest),
                          part);
      });
    });
  }

private:
  using V = simd::vec<T>;
  static constexpr std::size_t channels = G.channels, groups = G.groups;
  static constexpr std::size_t group_size = channels / groups, lanes = simd::lanes<T>;

  /// pixels_together are in one row: one, if its channels fill four fifths of their vectors, otherwise
  /// as many as fill them all.
  static constexpr std::size_t pixels_together = [] {
    const std::size_t vectors = (channels + lanes - 1) / lanes;
    const bool full = 5 * channels >= 4 * vectors * lanes;
    return std::min(full ? 1 : lanes / std::gcd(channels, lanes), G.pixels);
  }();
  static constexpr std::size_t unit = pixels_together * channels;
  static constexpr std::size_t rows = G.size() / unit, rest = G.size() % unit;

  using Lanes = std::array<T, unit>;

  /// A BlockOf is some vectors of a row that are worked on together, down all rows: `count` of them, of
  /// which `part` elements each are there.
  template <std::size_t Count, std::size_t Part>
  struct BlockOf {
    static constexpr std::size_t count = Count, part = Part;
  };

  /// Calls f(column, block) for all vectors of a row, four at a time: so their constants stay in
  /// registers, and four sums hide the latency of addition.
  template <class F>
  static void for_each_block(F&& f) {
    constexpr std::size_t whole = unit / lanes, left = whole % 4, tail = unit % lanes;
    for (std::size_t v = 0; v + 4 <= whole; v += 4) f(v * lanes, BlockOf<4, lanes>{});
    if constexpr (left > 0) f((whole - left) * lanes, BlockOf<left, lanes>{});
    if constexpr (tail > 0) f(whole * lanes, BlockOf<1, tail>{});
  }

  /// Calls f(k, at, part) for vector k of a block and every row, and for what the last row has of it.
  template <std::size_t Count, std::size_t Part, class F>
  static void for_each_row(std::size_t column, F&& f) {
    for (std::size_t row = 0; row < rows; ++row)
      simd::unroll<Count>([&](auto k) { f(k, row * unit + column + k * lanes, Part); });
    for_rest<Count, Part>(column, f);
  }
  template <std::size_t Count, std::size_t Part, class F>
  static void for_rest(std::size_t column, F&& f) {
    if constexpr (rest > 0)
      for (std::size_t k = 0; k < Count; ++k)
        if (const std::size_t begin = column + k * lanes; begin < rest)
          f(k, rows * unit + begin, std::min(Part, rest - begin));
  }

  template <std::size_t Count, std::size_t Part>
  static std::array<V, Count> load(const Lanes& values, std::size_t column) {
    std::array<V, Count> vectors;
    simd::unroll<Count>(
        [&](auto k) { vectors[k] = simd::load_first(values.data() + column + k * lanes, Part); });
    return vectors;
  }

  /// lane_sums are `Sums` sums for each place in a row. make(column, block) is what adds to them:
  /// a function of the vector in the block, the place in the sample, the part that is there, the sums.
  template <std::size_t Sums, class Make>
  static std::array<std::array<double, unit>, Sums> lane_sums(Make&& make) {
    std::array<std::array<double, unit>, Sums> total{};
    for_each_block([&](std::size_t column, auto block) {
      constexpr std::size_t count = block.count, whole = block.part;
      const auto add = make(column, block);
      const auto keep = [&](const std::array<V, Sums>& sum, std::size_t k, std::size_t part) {
        for (std::size_t s = 0; s < Sums; ++s)
          add_lanes<T>(sum[s], part, total[s].data() + column + k * lanes);
      };
      for (std::size_t first = 0; first < rows; first += summed_in_t) {
        std::array<V, Sums> sum[count];
        for (auto& of_vector : sum) of_vector.fill(V(0));
        const std::size_t last = std::min(first + summed_in_t, rows);
        for (std::size_t row = first; row < last; ++row)
          simd::unroll<count>(
              [&](auto k) { add(k, row * unit + column + k * lanes, whole, sum[k]); });
        for (std::size_t k = 0; k < count; ++k) keep(sum[k], k, whole);
      }
      for_rest<count, whole>(column, [&](std::size_t k, std::size_t at, std::size_t part) {
        std::array<V, Sums> sum;
        sum.fill(V(0));
        add(k, at, part, sum);
        keep(sum, k, part);
      });
    });
    return total;
  }

  static std::array<double, groups> by_group(const std::array<double, unit>& of_lanes) {
    std::array<double, groups> sums{};
    const double* lane = of_lanes.data();
    for (std::size_t pixel = 0; pixel < pixels_together; ++pixel)
      for (double& sum : sums)
        for (std::size_t i = 0; i < group_size; ++i) sum += *lane++;
    return sums;
  }
  static std::array<double, channels> by_channel(const std::array<double, unit>& of_lanes) {
    std::array<double, channels> sums{};
    const double* lane = of_lanes.data();
    for (std::size_t pixel = 0; pixel < pixels_together; ++pixel)
      for (double& sum : sums) sum += *lane++;
    return sums;
  }

  /// spread is f(group, channel) for each place in a row.
  template <class F>
  static Lanes spread(F&& f) {
    Lanes values;
    T* value = values.data();
    for (std::size_t pixel = 0; pixel < pixels_together; ++pixel)
      for (std::size_t g = 0; g < groups; ++g)
        for (std::size_t i = 0; i < group_size; ++i) *value++ = f(g, g * group_size + i);
    return values;
  }
};

} // namespace detail

/// normalization is y = (x - mean) / sqrt(variance + eps) * weight + bias, mean and variance being those
/// of x's set of elements, or without mean where G says so: LayerNorm, RMSNorm, GroupNorm and
/// InstanceNorm2d of torch.nn. The variance is that of the deviations from the mean, and divided by the
/// size of the set; the sums of large sets are made in double. They are in an order that depends on G
/// alone. weight and bias, one element a channel, are null where G has none.
template <class T, NormalizationGeometry G>
struct normalization {
  /// x, y: n samples [pixels, channels]; x may be y. tape: n times G.tape_size() elements, the mean of
  /// each set, if there is one, and 1 / sqrt(variance + eps) behind it; null if no backward follows.
  /// An eps of 0 is the element type's.
  static void forward(std::size_t n, double eps, const T* x, const T* weight, const T* bias, T* y,
                      T* tape) {
    const T added = eps > 0 ? static_cast<T>(eps) : std::numeric_limits<T>::epsilon();
    if constexpr (G.groups == 0)
      return detail::normalize_pixels<T, G>::forward(n * G.pixels, added, x, weight, bias, y, tape);
    else
      for (std::size_t i = 0; i < n; ++i) {
        std::array<T, G.tape_size()> stats;
        detail::normalize_groups<T, G>::forward(added, x, weight, bias, y, stats.data());
        if (tape != nullptr) tape = std::copy(stats.begin(), stats.end(), tape);
        x += G.size();
        y += G.size();
      }
  }

  /// Assigns all of dx, which may be dy; adds to dweight and dbias.
  static void backward(std::size_t n, const T* x, const T* weight, const T* tape, const T* dy,
                       T* dx, T* dweight, T* dbias) {
    if constexpr (G.groups == 0)
      return detail::normalize_pixels<T, G>::backward(n * G.pixels, x, weight, tape, dy, dx,
                                                      dweight, dbias);
    else
      for (std::size_t i = 0; i < n; ++i) {
        detail::normalize_groups<T, G>::backward(x, weight, tape, dy, dx, dweight, dbias);
        x += G.size();
        dy += G.size();
        dx += G.size();
        tape += G.tape_size();
      }
  }
};

} // namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET
