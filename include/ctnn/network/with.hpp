#pragma once
// Wishes about how a network runs. None changes what it computes, beyond rounding.

#include <ctnn/kernels/geometry.hpp>

namespace ctnn {

/// `With<Net, Fusion<false>, Convolution<direct>>` is Net in all its facts, and runs as asked for.
template <class Net, class... Wishes>
struct With : Net {};

/// Whether layers are fused: a convolution or linear layer with its activation, a convolution with
/// its max pooling too, LogSoftmax with NLLLoss. It is the default; the results are the same.
template <bool Enabled>
struct Fusion;

/// The algorithm of all convolutions that can run by it and name none themselves.
template <ConvolutionAlgorithm Algorithm>
struct Convolution;

namespace detail {

struct Wishes {
  bool fusion = true;
  ConvolutionAlgorithm convolution = automatic;
};

template <class Wish>
struct grant;
template <bool Enabled>
struct grant<Fusion<Enabled>> {
  static constexpr void to(Wishes& wishes) { wishes.fusion = Enabled; }
};
template <ConvolutionAlgorithm Algorithm>
struct grant<Convolution<Algorithm>> {
  static constexpr void to(Wishes& wishes) { wishes.convolution = Algorithm; }
};

template <class Net>
struct without_wishes {
  using type = Net;
  static constexpr Wishes wishes{};
};
template <class Net, class... Each>
struct without_wishes<With<Net, Each...>> : without_wishes<Net> {
  static constexpr Wishes wishes = [] {
    Wishes all = without_wishes<Net>::wishes;
    (grant<Each>::to(all), ...);
    return all;
  }();
};

} // namespace detail
} // namespace ctnn
