#pragma once
// Options of how a network runs. None changes what it computes, beyond rounding.

#include <ctnn/core/diagnose.hpp>
#include <ctnn/kernels/convolution_algorithm.hpp>
#include <ctnn/layers/options.hpp>

namespace ctnn {

/// Whether layers run together with those that follow them: a convolution or linear layer with its
/// activation, a convolution with its max pooling too, LogSoftmax with NLLLoss. They do unless
/// `fusion(false)` is given; the results are the same bits.
struct fusion {
  bool enabled;

  constexpr explicit fusion(bool on) : enabled(on) {}
};

namespace detail {

template <>
inline constexpr StringView option_name<fusion> = "fusion";

template <auto... Options>
using network_options = OptionList<types<fusion, kernels::ConvolutionAlgorithm>, Options...>;

template <auto... Options>
inline constexpr Sentence network_options_error = [] {
  const Sentence what =
      network_options<Options...>::check("a network", 1, "fusion(false) or direct");
  return what.empty() ? what : Sentence("With: ") << what;
}();

} // namespace detail

/// `With<Net, fusion(false), direct>` is Net in all its facts, and runs as asked for. An algorithm is
/// for all convolutions that can run by it and name none themselves. Outer options win over inner.
template <class Net, auto... Options>
struct With : Net {
  static_assert(detail::require_empty<detail::network_options_error<Options...>>());
};

namespace plan {

/// How a network runs.
struct RunOptions {
  bool fusion = true;
  kernels::ConvolutionAlgorithm algorithm = automatic;
};

/// A network without its options, and the options.
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
                                      given::get(inner.algorithm)};
};

} // namespace plan
} // namespace ctnn
