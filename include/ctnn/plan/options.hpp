#pragma once
// Options of how a network runs. None changes what it computes, beyond rounding.

#include <ctnn/kernels/geometry.hpp>

namespace ctnn {
namespace detail {

struct RunOptions {
  bool fusion = true;
  ConvolutionAlgorithm convolution = automatic;
};

} // namespace detail

/// `With<Net, Fusion<false>, Convolution<direct>>` is Net in all its facts, and runs as asked for.
template <class Net, class... Options>
struct With : Net {};

/// Whether layers are fused: a convolution or linear layer with its activation, a convolution with
/// its max pooling too, LogSoftmax with NLLLoss. It is the default; the results are the same.
template <bool Enabled>
struct Fusion {
  static constexpr void apply(detail::RunOptions& options) { options.fusion = Enabled; }
};

/// The algorithm of all convolutions that can run by it and name none themselves.
template <ConvolutionAlgorithm Algorithm>
struct Convolution {
  static constexpr void apply(detail::RunOptions& options) { options.convolution = Algorithm; }
};

namespace detail {

/// The network without its options, and the options: the last counts, outer after inner.
template <class Net>
struct without_options {
  using type = Net;
  static constexpr RunOptions options{};
};
template <class Net, class... Options>
struct without_options<With<Net, Options...>> : without_options<Net> {
  static constexpr RunOptions options = [] {
    RunOptions all = without_options<Net>::options;
    (Options::apply(all), ...);
    return all;
  }();
};

} // namespace detail
} // namespace ctnn
