// MLPerf Tiny's networks: with hashed weights against PyTorch in float64 (tests/reference/mlperf_tiny.py),
// and with those that Keras trained, where they are at hand. VisualWakeWords is in tests/exams.
#include "support/mlperf_tiny.hpp"

using namespace mlperf_tiny;
using ctnn::test::answers_as_keras, ctnn::test::answers_as_pytorch;

TEST_CASE("MLPerf Tiny's networks answer as PyTorch has them") {
  answers_as_pytorch<KeywordSpotting, float>("KeywordSpotting", 1e-5);
  answers_as_pytorch<ResNet8, float>("ResNet8", 1e-5);
  answers_as_pytorch<AnomalyDetection, float>("AnomalyDetection", 1e-5);
  answers_as_pytorch<StreamingWakeWord, float>("StreamingWakeWord", 1e-5);
}

TEST_CASE("MLPerf Tiny's autoencoder and ResNet-8 answer as Keras has them") {
  STATIC_REQUIRE(plan::Program<AnomalyDetection, float>::size == 10); // all norms are folded
  answers_as_keras<AnomalyDetection>("autoencoder");
  answers_as_keras<ResNet8>("resnet8");
}
