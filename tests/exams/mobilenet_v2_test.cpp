// torchvision's mobilenet_v2: depthwise convolutions between those of a pixel.
#include "support/logits.hpp"

using namespace ctnn;

TEST_CASE("mobilenet_v2 answers as torchvision's does") {
  test::has_torchvisions_logits<test::MobileNetV2<64>, float>("mobilenet_v2", "3x64x64", 1e-4);
  test::has_torchvisions_logits<test::MobileNetV2<64>, double>("mobilenet_v2", "3x64x64", 1e-10);
}
