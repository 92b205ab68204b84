#pragma once
/// @file
/// Batch normalisation by the statistics of the batch, as training does it.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>

#include <ctnn/core/instruction_set.hpp>
#include <ctnn/kernels/batch_norm.hpp>
#include <ctnn/kernels/chunk.hpp>
#include <ctnn/kernels/elementwise.hpp>
#include <ctnn/kernels/simd.hpp>

namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET {

/// batch_statistics is y = F(factor * x + summand) as batch_norm, where factor and summand come from the
/// mean and the variance of each channel over the whole batch, and so does the way back.
///
/// A shard adds up its samples one by one: observe() before forward(), observe_backward() before
/// backward(). What all shards have added up, merged, settle() and settle_backward() turn into rows of
/// `derived`. A group of samples that is normalised by itself does the same without a merge. `sums` are two rows of Channels in double: in each block of pixels elements are added in T,
/// and blocks in double. Which samples are a chunk changes no bit.
///
/// With g the gradient by factor * x + summand and means over the batch, what comes back is
/// dx = factor * (g - mean(g) - x^ * mean(g * x^)), x^ = (x - mean) / sqrt(var + eps). Ioffe and Szegedy,
/// 2015, section 3. Neither direction reads y: it is made again, from x.
template <class T, std::size_t Channels, std::size_t Pixels, bool Affine, double Epsilon,
          class Epilogue>
struct batch_statistics : batch_norm<T, Channels, Pixels, Affine, Epsilon, Epilogue> {
private:
  using evaluation = batch_norm<T, Channels, Pixels, Affine, Epsilon, Epilogue>;
  using F = typename Epilogue::function;
  using V = simd::vec<T>;
  static constexpr std::size_t padded = evaluation::padded;
  /// block is how many pixels are added up in T: 32 roundings are as good as one, and the way into double
  /// costs little.
  static constexpr std::size_t block = 32;

  /// row is where a row of `derived` begins: forward() reads the first two, the second three come back.
  static constexpr std::size_t factor = 0, summand = padded, mean = 2 * padded, slope = 3 * padded,
                               offset = 4 * padded, variance = 5 * padded;

public:
  static constexpr std::size_t derived_size = 6 * padded;
  static constexpr std::size_t derived_gradient_size =
      Affine ? 2 * padded : 0; // by weight, by bias
  static constexpr std::size_t sums_size = 2 * Channels;

  /// derive does nothing: settle() does it, when there is a batch.
  static void derive(std::size_t, std::span<const T* const>, T*) {}
  static void derive_adjoint(std::size_t, const T* derived_gradient,
                             std::span<T* const> gradients) {
    if constexpr (Affine)
      for (std::size_t p = 0; p < 2; ++p)
        if (gradients[p] != nullptr)
          std::copy_n(derived_gradient + p * padded, Channels, gradients[p]);
  }

  /// observe adds n samples x to `sums`, the mean and the sum of squared distances from it, of the `seen`
  /// samples before. Chan, Golub and LeVeque, 1979.
  static void observe(std::size_t n, std::size_t seen, const T* x, double* sums) {
    alignas(64) std::array<T, padded> near;
    std::array<double, 2 * Channels> own;
    for (std::size_t i = 0; i < n; ++i, ++seen, x += Pixels * Channels) {
      // Distances from a number close by lose no digits: the mean so far, or the first pixel.
      for (std::size_t c = 0; c < Channels; ++c)
        near[c] = seen > 0 ? static_cast<T>(sums[c]) : x[c];
      own.fill(0);
      add_up(own.data(), [&](std::size_t at, std::size_t c, std::size_t part) {
        const V distance = simd::load_first(x + at, part) - simd::load_first(near.data() + c, part);
        return std::pair(distance, distance * distance);
      });
      const double share = 1 / static_cast<double>(seen + 1);
      for (std::size_t c = 0; c < Channels; ++c) {
        const double distance = own[c] / Pixels;
        const double delta = static_cast<double>(near[c]) + distance - sums[c];
        sums[c] += delta * share;
        sums[Channels + c] += own[Channels + c] - own[c] * distance +
                              delta * delta * Pixels * static_cast<double>(seen) * share;
      }
    }
  }
  /// merge adds what a shard of `other_samples` has observed to that of one of `samples`.
  static void merge(double* sums, std::size_t samples, const double* other,
                    std::size_t other_samples) {
    const double share =
        static_cast<double>(other_samples) / static_cast<double>(samples + other_samples);
    for (std::size_t c = 0; c < Channels; ++c) {
      const double delta = other[c] - sums[c];
      sums[c] += delta * share;
      sums[Channels + c] +=
          other[Channels + c] + delta * delta * Pixels * static_cast<double>(samples) * share;
    }
  }
  /// settle makes of what a whole batch has observed the rows that forward() reads.
  static void settle(std::size_t samples, const double* sums, std::span<const T* const> parameters,
                     T* derived) {
    const double elements = static_cast<double>(samples) * Pixels;
    for (std::size_t c = 0; c < Channels; ++c) {
      const double square = sums[Channels + c] / elements;
      const double var = square < 0 ? 0 : square; // not max, which hides a NaN
      const double scale = (Affine ? double{parameters[0][c]} : 1) / std::sqrt(var + Epsilon);
      derived[factor + c] = static_cast<T>(scale);
      derived[summand + c] =
          static_cast<T>((Affine ? double{parameters[1][c]} : 0) - sums[c] * scale);
      derived[mean + c] = static_cast<T>(sums[c]);
      derived[variance + c] = static_cast<T>(var);
    }
  }

  /// observe_backward adds the sums of g and of g * (x - mean) over n samples to `sums`.
  static void observe_backward(std::size_t n, const T* x, const T* dy, const T* derived,
                               double* sums) {
    for (std::size_t i = 0; i < n; ++i, x += Pixels * Channels, dy += Pixels * Channels)
      add_up(sums, [=](std::size_t at, std::size_t c, std::size_t part) {
        const V value = simd::load_first(x + at, part);
        const V gradient = gradient_at(value, simd::load_first(dy + at, part), derived + c);
        return std::pair(gradient, gradient * (value - simd::load(derived + mean + c)));
      });
  }
  /// merge_backward adds one shard's sums to another's.
  static void merge_backward(double* sums, const double* other) {
    for (std::size_t i = 0; i < sums_size; ++i) sums[i] += other[i];
  }
  /// settle_backward makes of the sums of a whole batch the rows that backward() reads, and adds the
  /// gradients by weight and bias to `derived_gradient`.
  static void settle_backward(std::size_t samples, const double* sums, T* derived,
                              T* derived_gradient) {
    const double elements = static_cast<double>(samples) * Pixels;
    for (std::size_t c = 0; c < Channels; ++c) {
      const double inverse = 1 / std::sqrt(double{derived[variance + c]} + Epsilon);
      const double scale = double{derived[factor + c]} / elements;
      derived[slope + c] = static_cast<T>(-scale * inverse * inverse * sums[Channels + c]);
      derived[offset + c] = static_cast<T>(-scale * sums[c]);
      if constexpr (Affine) {
        derived_gradient[c] += static_cast<T>(sums[Channels + c] * inverse);
        derived_gradient[padded + c] += static_cast<T>(sums[c]);
      }
    }
  }

  /// backward assigns dx, if it is wanted; dy may be dx.
  template <bool InputGradient, bool ParameterGradient>
  static void backward(const backward_chunk<T>& chunk) {
    if constexpr (InputGradient)
      evaluation::each(chunk.n, [&](std::size_t at, std::size_t c, std::size_t part) {
        const T* const row = chunk.derived + c;
        const V value = simd::load_first(chunk.x + at, part);
        const V gradient = gradient_at(value, simd::load_first(chunk.dy + at, part), row);
        const V centred = simd::fma(simd::load(row + slope), value - simd::load(row + mean),
                                    simd::load(row + offset));
        simd::store_first(chunk.dx + at, simd::fma(simd::load(row + factor), gradient, centred),
                          part);
      });
  }

  /// add_group adds the mean and the variance, unbiased, of a batch or of a group of samples, that have
  /// been settled, to two rows of `sums`.
  static void add_group(std::size_t samples, const T* derived, double* sums) {
    const double elements = static_cast<double>(samples) * Pixels;
    const double unbiased = elements / (elements - 1);
    for (std::size_t c = 0; c < Channels; ++c) {
      sums[c] += double{derived[mean + c]};
      sums[Channels + c] += double{derived[variance + c]} * unbiased;
    }
  }
  /// update_running moves the running statistics by `momentum` of the way to the mean of those of some
  /// groups. torch.nn.BatchNorm2d
  static void update_running(std::size_t groups, double momentum, const double* sums,
                             T* running_mean, T* running_var) {
    const double rate = momentum / static_cast<double>(groups);
    for (std::size_t c = 0; c < Channels; ++c) {
      running_mean[c] = static_cast<T>((1 - momentum) * double{running_mean[c]} + rate * sums[c]);
      running_var[c] =
          static_cast<T>((1 - momentum) * double{running_var[c]} + rate * sums[Channels + c]);
    }
  }

private:
  /// gradient_at is g: dy through F. `row` is derived, at the channel.
  static V gradient_at(V x, V dy, const T* row) {
    if constexpr (std::is_same_v<F, identity>)
      return dy;
    else
      return elementwise<T, F>::chain(
          F::f(simd::fma(x, simd::load(row + factor), simd::load(row + summand))), dy);
  }

  /// add_up adds the pair of terms(offset, channel, lanes) over one sample to the two rows of `sums`.
  template <class Terms>
  static void add_up(double* sums, Terms&& terms) {
    for (std::size_t begin = 0; begin < Pixels; begin += block) {
      const std::size_t end = std::min(Pixels, begin + block);
      simd::for_each_vector<T>(Channels, [&](std::size_t c, std::size_t part) {
        V first(0), second(0);
        for (std::size_t pixel = begin; pixel < end; ++pixel) {
          const auto [a, b] = terms(pixel * Channels + c, c, part);
          first = first + a;
          second = second + b;
        }
        alignas(64) std::array<T, 2 * simd::lanes<T>> lane;
        simd::store(lane.data(), first);
        simd::store(lane.data() + simd::lanes<T>, second);
        for (std::size_t i = 0; i < part; ++i) {
          sums[c + i] += double{lane[i]};
          sums[Channels + c + i] += double{lane[simd::lanes<T> + i]};
        }
      });
    }
  }
};

} // namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET
