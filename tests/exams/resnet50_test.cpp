// torchvision's resnet50: blocks of three convolutions.
#include "support/logits.hpp"

using namespace ctnn;

TEST_CASE("resnet50 answers as torchvision's does") {
  test::has_torchvisions_logits<test::ResNet50<32>, float>("resnet50", "3x32x32", 1e-4);
  test::has_torchvisions_logits<test::ResNet50<32>, double>("resnet50", "3x32x32", 1e-10);
}
