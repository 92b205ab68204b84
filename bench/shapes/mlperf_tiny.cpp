// The reference networks of MLPerf Tiny. They train with frozen norms, as ctnn can, and without their dropout,
// whose masks the scalar check does not know; and all of them as classifiers, the autoencoder too.

#include "../../examples/mlperf_tiny.hpp"
#include "add_shape.hpp"

namespace ctnn::bench {
namespace {

template <class L>
struct frozen {
  using type = L;
};
template <auto... Options>
struct frozen<BatchNorm1d<Options...>> {
  using type = Frozen<BatchNorm1d<Options...>>;
};
template <auto... Options>
struct frozen<BatchNorm2d<Options...>> {
  using type = Frozen<BatchNorm2d<Options...>>;
};
template <double P>
struct frozen<Dropout<P>> {
  using type = Identity;
};
template <class... Ls>
struct frozen<Sequential<Ls...>> {
  using type = Sequential<typename frozen<Ls>::type...>;
};
template <class Join, class... Branches>
struct frozen<Parallel<Join, Branches...>> {
  using type = Parallel<Join, typename frozen<Branches>::type...>;
};

template <class... Ls>
auto classifier(Sequential<Ls...>) {
  return Sequential<typename frozen<Ls>::type..., LogSoftmax>{};
}

[[maybe_unused]] const bool added[]{
    add_shape("MLPerf Tiny, keyword spotting", classifier(mlperf_tiny::KeywordSpotting{})),
    add_shape("MLPerf Tiny, visual wake words", classifier(mlperf_tiny::VisualWakeWords{})),
    add_shape("MLPerf Tiny, ResNet-8", classifier(mlperf_tiny::ResNet8{})),
    add_shape("MLPerf Tiny, anomaly detection", classifier(mlperf_tiny::AnomalyDetection{})),
    add_shape("MLPerf Tiny, streaming wake word", classifier(mlperf_tiny::StreamingWakeWord{})),
};

} // namespace
} // namespace ctnn::bench
