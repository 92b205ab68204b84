#pragma once
/// @file
/// Softmax and log-softmax over the contiguous channel axis.

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include <ctnn/core/instruction_set.hpp>
#include <ctnn/kernels/names.hpp>
#include <ctnn/kernels/simd.hpp>

namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET {

namespace detail {

/// softmax_row is one row of `Channels` elements as vectors.
template <class T, std::size_t Channels>
struct softmax_row {
  using V = simd::vec<T>;

  /// load_padded is the first `part` elements at x with -infinity behind them: no maximum, and exp
  /// makes them 0.
  static V load_padded(const T* x, std::size_t part) {
    static constexpr auto numbers = [] {
      std::array<T, simd::lanes<T>> lane{};
      for (std::size_t i = 0; i < lane.size(); ++i) lane[i] = static_cast<T>(i);
      return lane;
    }();
    const V value = simd::load_first(x, part);
    if (part == simd::lanes<T>) return value;
    return select(simd::load(numbers.data()) < V(static_cast<T>(part)), value,
                  V(-std::numeric_limits<T>::infinity()));
  }

  static T largest(const T* x) {
    V result(-std::numeric_limits<T>::infinity());
    simd::for_each_vector<T>(Channels, [&](std::size_t c, std::size_t part) {
      const V value = load_padded(x + c, part);
      result = select(value > result, value, result);
    });
    return simd::reduce_max(result); // a NaN may get lost here; it comes back through the sum
  }

  /// The sum over the row of f(offset, part), a vector that is 0 past `part`.
  template <class F>
  static T sum(F&& f) {
    V result(0);
    simd::for_each_vector<T>(Channels,
                             [&](std::size_t c, std::size_t part) { result += f(c, part); });
    return simd::reduce_add(result);
  }
};

} // namespace detail

/// softmax is y = exp(x - max) / sum(exp(x - max)). torch.nn.Softmax(-1). A row with a NaN, with
/// +infinity or of nothing but -infinity becomes NaN, as there. x may be y, dy may be dx.
template <class T, std::size_t Channels>
struct softmax {
  /// x, y: [rows, Channels].
  static void forward(std::size_t rows, const T* x, T* y) {
    for (std::size_t r = 0; r < rows; ++r, x += Channels, y += Channels) {
      const V largest(row::largest(x));
      const V sum(row::sum([&](std::size_t c, std::size_t part) {
        const V power = simd::exp(row::load_padded(x + c, part) - largest);
        simd::store_first(y + c, power, part);
        return power;
      }));
      simd::for_each_vector<T>(Channels, [=](std::size_t c, std::size_t part) {
        simd::store_first(y + c, simd::load_first(y + c, part) / sum, part);
      });
    }
  }

  /// dx = y * (dy - sum(y * dy)), with y the output of forward.
  static void backward(std::size_t rows, const T* y, const T* dy, T* dx) {
    for (std::size_t r = 0; r < rows; ++r, y += Channels, dy += Channels, dx += Channels) {
      const V sum(row::sum([=](std::size_t c, std::size_t part) {
        return simd::load_first(y + c, part) * simd::load_first(dy + c, part);
      }));
      simd::for_each_vector<T>(Channels, [=](std::size_t c, std::size_t part) {
        const V difference = simd::load_first(dy + c, part) - sum;
        simd::store_first(dx + c, simd::load_first(y + c, part) * difference, part);
      });
    }
  }

private:
  using V = simd::vec<T>;
  using row = detail::softmax_row<T, Channels>;
};

/// log_softmax is y = (x - max) - log(sum(exp(x - max))). torch.nn.LogSoftmax(-1); NaN as in softmax. x
/// may be y, dy may be dx.
template <class T, std::size_t Channels>
struct log_softmax {
  /// x, y: [rows, Channels].
  static void forward(std::size_t rows, const T* x, T* y) {
    for (std::size_t r = 0; r < rows; ++r, x += Channels, y += Channels) {
      const V largest(row::largest(x));
      const V log_sum(std::log(row::sum([=](std::size_t c, std::size_t part) {
        return simd::exp(row::load_padded(x + c, part) - largest);
      })));
      simd::for_each_vector<T>(Channels, [=](std::size_t c, std::size_t part) {
        simd::store_first(y + c, simd::load_first(x + c, part) - largest - log_sum, part);
      });
    }
  }

  /// dx = dy - exp(y) * sum(dy), with y the output of forward.
  static void backward(std::size_t rows, const T* y, const T* dy, T* dx) {
    for (std::size_t r = 0; r < rows; ++r, y += Channels, dy += Channels, dx += Channels) {
      const V sum(row::sum(
          [=](std::size_t c, std::size_t part) { return simd::load_first(dy + c, part); }));
      simd::for_each_vector<T>(Channels, [=](std::size_t c, std::size_t part) {
        const V probability = simd::exp(simd::load_first(y + c, part));
        simd::store_first(dx + c, simd::load_first(dy + c, part) - probability * sum, part);
      });
    }
  }

private:
  using V = simd::vec<T>;
  using row = detail::softmax_row<T, Channels>;
};

/// log_softmax_nll_backward is the gradient of -scale * sum over rows of y[label] by the input of the
/// log-softmax that made y: dx = scale * (exp(y) - 1 at the label). x is not needed. Labels are below
/// `channels`.
template <class T>
inline void log_softmax_nll_backward(std::size_t rows, std::size_t channels, const T* y,
                                     const std::uint32_t* labels, T scale, T* dx) {
  simd::for_each_vector<T>(rows * channels, [=](std::size_t i, std::size_t part) {
    simd::store_first(dx + i, simd::exp(simd::load_first(y + i, part)) * simd::vec<T>(scale), part);
  });
  for (std::size_t row = 0; row < rows; ++row) dx[row * channels + labels[row]] -= scale;
}

} // namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET
