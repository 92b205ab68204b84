// MLPerf Tiny's networks in double, and the largest of them.
#include "support/mlperf_tiny.hpp"

using namespace mlperf_tiny;
using ctnn::test::answers_as_pytorch;

TEST_CASE("VisualWakeWords answers as PyTorch has it") {
  answers_as_pytorch<VisualWakeWords, float>("VisualWakeWords", 1e-5);
  answers_as_pytorch<VisualWakeWords, double>("VisualWakeWords", 1e-10);
}

TEST_CASE("MLPerf Tiny's networks answer as PyTorch has them, in double") {
  answers_as_pytorch<KeywordSpotting, double>("KeywordSpotting", 1e-10);
  answers_as_pytorch<ResNet8, double>("ResNet8", 1e-10);
  answers_as_pytorch<AnomalyDetection, double>("AnomalyDetection", 1e-10);
  answers_as_pytorch<StreamingWakeWord, double>("StreamingWakeWord", 1e-10);
}
