// MLPerf Tiny's autoencoder: a real model with real weights, from a folder that CTNN_ZOO names.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <span>
#include <vector>

#include <ctnn/infer.hpp>
#include <ctnn/io/state_dict.hpp>

#include "support/catch.hpp"

using namespace ctnn;

namespace {

/// The autoencoder of MLPerf Tiny, as its Keras layers are called.
using Autoencoder = Sequential<
    Input<640>, Named<"dense", Linear<128>>, Named<"batch_normalization", BatchNorm1d<eps(1e-3)>>,
    ReLU, Named<"dense_1", Linear<128>>, Named<"batch_normalization_1", BatchNorm1d<eps(1e-3)>>,
    ReLU, Named<"dense_2", Linear<128>>, Named<"batch_normalization_2", BatchNorm1d<eps(1e-3)>>,
    ReLU, Named<"dense_3", Linear<128>>, Named<"batch_normalization_3", BatchNorm1d<eps(1e-3)>>,
    ReLU, Named<"dense_4", Linear<8>>, Named<"batch_normalization_4", BatchNorm1d<eps(1e-3)>>, ReLU,
    Named<"dense_5", Linear<128>>, Named<"batch_normalization_5", BatchNorm1d<eps(1e-3)>>, ReLU,
    Named<"dense_6", Linear<128>>, Named<"batch_normalization_6", BatchNorm1d<eps(1e-3)>>, ReLU,
    Named<"dense_7", Linear<128>>, Named<"batch_normalization_7", BatchNorm1d<eps(1e-3)>>, ReLU,
    Named<"dense_8", Linear<128>>, Named<"batch_normalization_8", BatchNorm1d<eps(1e-3)>>, ReLU,
    Named<"dense_9", Linear<640>>>;

/// The tensors called "input" and "logits".
struct Answers {
  std::vector<float> input = std::vector<float>(4 * 640), logits = input;

  explicit Answers(const std::filesystem::path& path) {
    const std::vector<io::ParameterSlot<float>> slots{{"input", {4, 640}, input.data()},
                                                      {"logits", {4, 640}, logits.data()}};
    io::load_parameters<float>(path, std::span(slots));
  }
};

} // namespace

TEST_CASE("MLPerf Tiny's autoencoder answers as Keras has it") {
  STATIC_REQUIRE(Autoencoder::parameter_count == 267'928);
  STATIC_REQUIRE(plan::Program<Autoencoder, float>::size == 10); // all norms are folded
  const char* const folder = std::getenv("CTNN_ZOO");
  if (folder == nullptr) {
    WARN("skipped: CTNN_ZOO does not name the folder of mlperf_tiny_autoencoder.safetensors");
    return;
  }
  const std::filesystem::path zoo(folder);
  Network<Autoencoder> net;
  load_state_dict(net, zoo / "mlperf_tiny_autoencoder.safetensors");
  const Answers answers(zoo / "mlperf_tiny_autoencoder.answers.safetensors");
  std::vector<float> logits(answers.logits.size());
  Workspace<Autoencoder> workspace;
  net.predict(4, answers.input.data(), logits.data(), workspace);
  float largest = 0, apart = 0;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    largest = std::max(largest, std::abs(answers.logits[i]));
    apart = std::max(apart, std::abs(logits[i] - answers.logits[i]));
  }
  INFO(apart / largest);
  CHECK(apart <= 1e-4f * largest);
}
