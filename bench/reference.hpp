#pragma once
// What a layer should compute, by the scalar reference kernels: a benchmark is timed only if its
// result is this one.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include <ctnn/ctnn.hpp>
#include <ctnn/kernels/reference/adaptive_avg_pool2d.hpp>
#include <ctnn/kernels/reference/avg_pool2d.hpp>
#include <ctnn/kernels/reference/conv2d.hpp>
#include <ctnn/kernels/reference/elementwise.hpp>
#include <ctnn/kernels/reference/linear.hpp>
#include <ctnn/kernels/reference/max_pool2d.hpp>
#include <ctnn/kernels/reference/normalization.hpp>
#include <ctnn/kernels/reference/pixel_shuffle.hpp>
#include <ctnn/kernels/reference/softmax.hpp>
#include <ctnn/kernels/reference/upsample2d.hpp>
#include <ctnn/kernels/reference/zero_pad2d.hpp>

namespace ctnn::bench {

/// Some samples at one node of a graph, channels-last; the parameters as PyTorch orders them.
template <class T>
struct Chunk {
  std::size_t samples;
  std::vector<T> x, y, dy, dx, tape;
  std::vector<std::vector<T>> parameters, gradients;

  template <class Graph>
  Chunk(const Graph& graph, std::size_t index, std::size_t n)
      : samples(n), x(n * graph.nodes[index].input_shape.size()),
        y(n * graph.nodes[index].output_shape.size()), dy(y.size()), dx(x.size()),
        tape(n * graph.nodes[index].tape_size) {
    for (const ctnn::detail::ParameterNode& parameter : graph.parameters)
      if (parameter.node == index) parameters.emplace_back(parameter.shape.size());
    gradients = parameters;
  }
};

template <class T>
double largest(const std::vector<T>& values) {
  double magnitude = 0;
  for (const T value : values)
    magnitude = std::max(magnitude, std::abs(static_cast<double>(value)));
  return magnitude;
}

/// Where `got` is not what is expected: one line, or nothing. The tolerance is in units of the
/// largest expected number.
template <class T>
std::string difference(std::string_view what, std::span<const float> got,
                       const std::vector<T>& expected, double tolerance) {
  const double allowed = tolerance * largest(expected);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double error = std::abs(static_cast<double>(got[i]) - static_cast<double>(expected[i]));
    if (!(error <= allowed)) // a NaN is a difference too
      return fmt::format("{}[{}]: expected {}, found {}", what, i, expected[i], got[i]);
  }
  return {};
}

/// The layer L in scalar code: forward(chunk) assigns y, backward(chunk) assigns dx and adds to the
/// gradients. A layer without one cannot be benchmarked. Where backward depends on a decision,
/// mark_undecided(chunk, margin, marks) says, after forward, which outputs' decisions could fall
/// differently if the inputs were off by half of the margin.
template <class L, Shape In, class T>
struct Reference;

/// Convolution and linear. What linear sums up is exact where all numbers are small and whole; a convolution
/// may be done by Winograd's algorithm, which rounds even then.
template <class Op, std::size_t Out, class T>
struct ReferenceOfProducts {
  static void forward(Chunk<T>& c) {
    const std::vector<T> bias = c.parameters.size() > 1 ? c.parameters[1] : std::vector<T>(Out);
    Op::forward(c.samples, c.x.data(), c.parameters[0].data(), bias.data(), c.y.data());
  }
  static void backward(Chunk<T>& c) {
    std::vector<T> unused(Out);
    std::vector<T>& bias = c.gradients.size() > 1 ? c.gradients[1] : unused;
    Op::backward_input(c.samples, c.dy.data(), c.parameters[0].data(), c.dx.data());
    Op::backward_parameters(c.samples, c.x.data(), c.dy.data(), c.gradients[0].data(), bias.data());
  }
};
template <int Out, Size2d K, auto... Options, Shape In, class T>
struct Reference<Conv2d<Out, K, Options...>, In, T>
    : ReferenceOfProducts<kernels::reference::conv2d<T, Conv2d<Out, K, Options...>::geometry(In)>,
                          Out, T> {
  static constexpr double tolerance = 2e-5;
};
template <int Out, int K, auto... Options, Shape In, class T>
struct Reference<Conv1d<Out, K, Options...>, In, T>
    : Reference<Conv2d<Out, Size2d{1, K}, Options...>, In, T> {};
template <int Out, auto... Options, Shape In, class T>
struct Reference<Linear<Out, Options...>, In, T>
    : ReferenceOfProducts<kernels::reference::linear<T, In.size(), Out>, Out, T> {
  static constexpr double tolerance = 0;
};

template <Size2d K, auto... Options, Shape In, class T>
struct Reference<MaxPool2d<K, Options...>, In, T> {
  static constexpr double tolerance = 0;
  static constexpr auto geometry = MaxPool2d<K, Options...>::window.geometry(In);

  static void forward(Chunk<T>& c) {
    kernels::reference::max_pool2d_forward(geometry, c.samples, c.x.data(), c.y.data(),
                                           c.tape.data());
  }
  static void backward(Chunk<T>& c) {
    kernels::reference::max_pool2d_backward(geometry, c.samples, c.tape.data(), c.dy.data(),
                                            c.dx.data());
  }
  /// Where more than one element of a window may be the largest.
  static void mark_undecided(const Chunk<T>& c, double margin, std::vector<bool>& marks) {
    std::vector<int> candidates(c.y.size());
    kernels::reference::avg_pool2d_links(geometry, c.samples, [&](std::size_t x, std::size_t y) {
      if (static_cast<double>(c.x[x]) >= static_cast<double>(c.y[y]) - margin) ++candidates[y];
    });
    for (std::size_t i = 0; i < candidates.size(); ++i)
      if (candidates[i] > 1) marks[i] = true;
  }
};

/// What pixels are sums of others, with weights that do not depend on them.
template <auto Geometry, auto Forward, auto Backward>
struct ReferenceOfPixels {
  static constexpr double tolerance = 1e-6;

  template <class T>
  static void forward(Chunk<T>& c) {
    Forward(Geometry, c.samples, c.x.data(), c.y.data());
  }
  template <class T>
  static void backward(Chunk<T>& c) {
    Backward(Geometry, c.samples, c.dy.data(), c.dx.data());
  }
};
template <Size2d K, auto... Options, Shape In, class T>
struct Reference<AvgPool2d<K, Options...>, In, T>
    : ReferenceOfPixels<AvgPool2d<K, Options...>::geometry(In),
                        kernels::reference::avg_pool2d_forward<T>,
                        kernels::reference::avg_pool2d_backward<T>> {};
template <Size2d Output, Shape In, class T>
struct Reference<AdaptiveAvgPool2d<Output>, In, T>
    : ReferenceOfPixels<kernels::AdaptivePool2dGeometry{In.channels(), In.height(), In.width(),
                                                        static_cast<std::size_t>(Output.height),
                                                        static_cast<std::size_t>(Output.width)},
                        kernels::reference::adaptive_avg_pool2d_forward<T>,
                        kernels::reference::adaptive_avg_pool2d_backward<T>> {};
template <int... Sides, Shape In, class T>
struct Reference<ZeroPad2d<Sides...>, In, T>
    : ReferenceOfPixels<ZeroPad2d<Sides...>::geometry(In),
                        kernels::reference::zero_pad2d_forward<T>,
                        kernels::reference::zero_pad2d_backward<T>> {};
template <int Factor, Shape In, class T>
struct Reference<PixelShuffle<Factor>, In, T>
    : ReferenceOfPixels<PixelShuffle<Factor>::geometry(In),
                        kernels::reference::pixel_shuffle_forward<T>,
                        kernels::reference::pixel_shuffle_backward<T>> {};
template <Size2d Scale, auto... Options, Shape In, class T>
struct Reference<Upsample<Scale, Options...>, In, T>
    : ReferenceOfPixels<Upsample<Scale, Options...>::geometry(In),
                        Upsample<Scale, Options...>::bilinear
                            ? kernels::reference::upsample_bilinear2d_forward<T>
                            : kernels::reference::upsample_nearest2d_forward<T>,
                        Upsample<Scale, Options...>::bilinear
                            ? kernels::reference::upsample_bilinear2d_backward<T>
                            : kernels::reference::upsample_nearest2d_backward<T>> {};

template <Shape In, class T>
struct Reference<ReLU, In, T> {
  static constexpr double tolerance = 0;

  static void forward(Chunk<T>& c) {
    for (std::size_t i = 0; i < c.x.size(); ++i)
      c.y[i] = static_cast<T>(kernels::reference::relu(c.x[i]));
  }
  static void backward(Chunk<T>& c) {
    for (std::size_t i = 0; i < c.x.size(); ++i)
      c.dx[i] = static_cast<T>(kernels::reference::relu_backward(c.y[i], c.dy[i]));
  }
  static void mark_undecided(const Chunk<T>& c, double margin, std::vector<bool>& marks) {
    for (std::size_t i = 0; i < c.x.size(); ++i)
      if (2 * std::abs(static_cast<double>(c.x[i])) <= margin) marks[i] = true;
  }
};

/// {pixels, channels} to {channels, pixels}.
template <Shape In, class T>
struct Reference<Flatten, In, T> {
  static constexpr double tolerance = 0;

  static void forward(Chunk<T>& c) {
    for (std::size_t i = 0; i < c.x.size(); ++i) c.y[flat(i)] = c.x[i];
  }
  static void backward(Chunk<T>& c) {
    for (std::size_t i = 0; i < c.x.size(); ++i) c.dx[i] = c.dy[flat(i)];
  }

private:
  static constexpr std::size_t flat(std::size_t i) {
    constexpr std::size_t channels = In.channels(), pixels = In.size() / channels;
    return i / In.size() * In.size() + i % channels * pixels + i % In.size() / channels;
  }
};

/// Over vectors only: a row is a sample.
template <Shape In, class T>
  requires(In.rank == 1)
struct Reference<LogSoftmax, In, T> {
  static constexpr double tolerance = 1e-6;

  static void forward(Chunk<T>& c) {
    for (std::size_t row = 0; row < c.samples; ++row)
      put(kernels::reference::log_softmax(take(c.x, row)), c.y, row);
  }
  static void backward(Chunk<T>& c) {
    for (std::size_t row = 0; row < c.samples; ++row)
      put(kernels::reference::log_softmax_backward(take(c.y, row), take(c.dy, row)), c.dx, row);
  }

private:
  static std::vector<double> take(const std::vector<T>& all, std::size_t row) {
    const T* const from = all.data() + row * In.size();
    return {from, from + In.size()};
  }
  static void put(const std::vector<double>& values, std::vector<T>& all, std::size_t row) {
    for (std::size_t i = 0; i < In.size(); ++i)
      all[row * In.size() + i] = static_cast<T>(values[i]);
  }
};

template <Shape In, class T>
struct Reference<Sigmoid, In, T> {
  static constexpr double tolerance = 1e-6;

  static void forward(Chunk<T>& c) {
    for (std::size_t i = 0; i < c.x.size(); ++i)
      c.y[i] = static_cast<T>(kernels::reference::sigmoid(c.x[i]));
  }
  static void backward(Chunk<T>& c) {
    for (std::size_t i = 0; i < c.x.size(); ++i)
      c.dx[i] = static_cast<T>(kernels::reference::sigmoid_backward(c.y[i], c.dy[i]));
  }
};

/// Batch norms, by running statistics. Weight and bias get no gradients: they train only where they are
/// frozen. Folded into what is before them, they round its weights.
template <class Norm, Shape In, class T>
struct ReferenceOfBatchNorm {
  static constexpr double tolerance = 2e-5;

  static void forward(Chunk<T>& c) {
    for (std::size_t i = 0; i < c.x.size(); ++i) {
      const std::size_t channel = i % In.channels();
      c.y[i] = static_cast<T>((c.x[i] - mean(c)[channel]) * factor(c, channel));
      if constexpr (affine) c.y[i] += c.parameters[1][channel];
    }
  }
  static void backward(Chunk<T>& c) {
    for (std::size_t i = 0; i < c.x.size(); ++i)
      c.dx[i] = static_cast<T>(c.dy[i] * factor(c, i % In.channels()));
  }

private:
  static constexpr bool affine = Norm::is_affine;

  static const std::vector<T>& mean(const Chunk<T>& c) { return c.parameters[affine ? 2 : 0]; }
  static double factor(const Chunk<T>& c, std::size_t channel) {
    const double variance = c.parameters[affine ? 3 : 1][channel];
    return (affine ? static_cast<double>(c.parameters[0][channel]) : 1.0) /
           std::sqrt(variance + Norm::epsilon);
  }
};
template <auto... Options, Shape In, class T>
struct Reference<BatchNorm1d<Options...>, In, T>
    : ReferenceOfBatchNorm<BatchNorm1d<Options...>, In, T> {};
template <auto... Options, Shape In, class T>
struct Reference<BatchNorm2d<Options...>, In, T>
    : ReferenceOfBatchNorm<BatchNorm2d<Options...>, In, T> {};

template <int Groups, auto... Options, Shape In, class T>
struct Reference<GroupNorm<Groups, Options...>, In, T> {
  static constexpr double tolerance = 1e-5;
  static constexpr ctnn::detail::NormalizationRule rule =
      ctnn::detail::group_norm_rule<Groups, ctnn::detail::group_norm_options<Options...>>;

  static void forward(Chunk<T>& c) {
    std::vector<double> y(In.size());
    for (std::size_t first = 0; first < c.x.size(); first += In.size()) {
      kernels::reference::normalization_forward(geometry, rule.eps, c.x.data() + first, weight(c),
                                                rule.bias ? c.parameters[1].data() : nullptr,
                                                y.data());
      put(y, c.y.data() + first);
    }
  }
  static void backward(Chunk<T>& c) {
    std::vector<double> dx(In.size()), dweight(In.channels()), dbias(In.channels());
    for (std::size_t first = 0; first < c.x.size(); first += In.size()) {
      kernels::reference::normalization_backward(geometry, rule.eps, c.x.data() + first, weight(c),
                                                 c.dy.data() + first, dx.data(), dweight.data(),
                                                 dbias.data());
      put(dx, c.dx.data() + first);
    }
    if constexpr (rule.weight) {
      add(dweight, c.gradients[0]);
      add(dbias, c.gradients[1]);
    }
  }

private:
  static constexpr kernels::NormalizationGeometry geometry = rule.geometry(In);

  static const T* weight(const Chunk<T>& c) {
    return rule.weight ? c.parameters[0].data() : nullptr;
  }
  static void put(const std::vector<double>& values, T* to) {
    for (const double value : values) *to++ = static_cast<T>(value);
  }
  static void add(const std::vector<double>& values, std::vector<T>& sum) {
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += static_cast<T>(values[i]);
  }
};

/// The join J in scalar code, of as many tensors as it has branches: forward(shapes, x, y) assigns y,
/// backward(shapes, x, dy, dx) adds to dx. A join without one cannot be benchmarked.
template <class J>
struct ReferenceJoin;

template <>
struct ReferenceJoin<Add> {
  using Tensors = std::vector<std::vector<double>>;

  static void forward(const std::vector<Shape>&, const Tensors& x, std::vector<double>& y) {
    for (std::size_t i = 0; i < y.size(); ++i) {
      y[i] = 0;
      for (const std::vector<double>& term : x) y[i] += term[i];
    }
  }
  static void backward(const std::vector<Shape>&, const Tensors&, const std::vector<double>& dy,
                       Tensors& dx) {
    for (std::vector<double>& term : dx)
      for (std::size_t i = 0; i < dy.size(); ++i) term[i] += dy[i];
  }
};

/// One of the two may have one number for each channel of the other.
template <>
struct ReferenceJoin<Multiply> {
  using Tensors = std::vector<std::vector<double>>;

  static void forward(const std::vector<Shape>& in, const Tensors& x, std::vector<double>& y) {
    for (std::size_t i = 0; i < y.size(); ++i) y[i] = x[0][at(in, 0, i)] * x[1][at(in, 1, i)];
  }
  static void backward(const std::vector<Shape>& in, const Tensors& x,
                       const std::vector<double>& dy, Tensors& dx) {
    for (std::size_t i = 0; i < dy.size(); ++i)
      for (std::size_t k = 0; k < 2; ++k) dx[k][at(in, k, i)] += dy[i] * x[1 - k][at(in, 1 - k, i)];
  }

private:
  /// Where factor k of element i of the product is.
  static std::size_t at(const std::vector<Shape>& in, std::size_t k, std::size_t i) {
    const std::size_t size = std::max(in[0].size(), in[1].size());
    return in[k].size() == size ? i : i / size * in[k].size() + i % in[k].channels();
  }
};

} // namespace ctnn::bench
