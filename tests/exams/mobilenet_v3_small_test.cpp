// torchvision's mobilenet_v3_small: 5x5 depthwise, squeeze and excitation, Hardswish.
#include "support/logits.hpp"

using namespace ctnn;

TEST_CASE("mobilenet_v3_small answers as torchvision's does") {
  test::has_torchvisions_logits<test::MobileNetV3Small<64>, float>("mobilenet_v3_small", "3x64x64",
                                                                   1e-4);
  test::has_torchvisions_logits<test::MobileNetV3Small<64>, double>("mobilenet_v3_small", "3x64x64",
                                                                    1e-10);
}
