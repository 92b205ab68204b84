#pragma once
/// @file
/// Options of how a network runs. None changes what it computes, beyond rounding.

#include <ctnn/core/diagnose.hpp>
#include <ctnn/kernels/convolution_algorithm.hpp>
#include <ctnn/layers/options.hpp>

namespace ctnn {

/// fusion is whether layers run as one with those that follow them: a convolution or linear layer with
/// its activation, a convolution with its max pooling too, LogSoftmax with NLLLoss. They do unless With
/// says `fusion(false)`; the results are the same bits.
struct fusion {
  bool enabled; ///< false to run each layer by itself

  /// Asks for fusion, or for none.
  constexpr explicit fusion(bool on) : enabled(on) {}
};

/// fold is whether a batch normalisation that uses running statistics becomes part of the weights of the
/// convolution or linear layer before it. It does unless With says `fold(false)`; the results differ by
/// rounding.
struct fold {
  bool enabled; ///< false to run each normalisation by itself

  /// Asks for folding, or for none.
  constexpr explicit fold(bool on) : enabled(on) {}
};

namespace detail {

template <>
inline constexpr StringView option_name<fusion> = "fusion";
template <>
inline constexpr StringView option_name<fold> = "fold";

template <auto... Options>
using network_options = OptionList<types<fusion, fold, kernels::ConvolutionAlgorithm>, Options...>;

template <auto... Options>
inline constexpr Sentence network_options_error = [] {
  const Sentence what =
      network_options<Options...>::check("a network", 1, "fusion(false) or direct");
  return what.empty() ? what : Sentence("With: ") << what;
}();

} // namespace detail

/// With is a network that runs as asked for: `With<Net, fusion(false), direct>` has all the facts of
/// Net. The `Options` are fusion, fold, and an algorithm, which is for all convolutions that can run by it and
/// name none themselves. Outer options win over inner.
template <class Net, auto... Options>
struct With : Net {
  static_assert(detail::require_empty<detail::network_options_error<Options...>>());
};

namespace plan {

/// RunOptions say how a network runs.
struct RunOptions {
  bool fusion = true;
  bool fold = true;
  kernels::ConvolutionAlgorithm algorithm = automatic;
};

/// without_options is a network without its options, and the options.
template <class Net>
struct without_options {
  using type = Net;
  static constexpr RunOptions options{};
};
template <class Net, auto... Options>
struct without_options<With<Net, Options...>> : without_options<Net> {
private:
  static constexpr RunOptions inner = without_options<Net>::options;
  using given = ctnn::detail::network_options<Options...>;

public:
  static constexpr RunOptions options{given::get(ctnn::fusion(inner.fusion)).enabled,
                                      given::get(ctnn::fold(inner.fold)).enabled,
                                      given::get(inner.algorithm)};
};

} // namespace plan
} // namespace ctnn
