// torchvision's resnet18 on images of its own size, and without folding.
#include "support/logits.hpp"

using namespace ctnn;

TEST_CASE("resnet18 answers as torchvision's does on 3x224x224") {
  test::has_torchvisions_logits<test::ResNet18<224>, float>("resnet18", "3x224x224", 1e-4);
  test::has_torchvisions_logits<test::ResNet18<224>, double>("resnet18", "3x224x224", 1e-10);
}

TEST_CASE("resnet18 answers the same without folding") {
  using Net = With<test::ResNet18<32>, fold(false)>;
  test::has_torchvisions_logits<Net, float>("resnet18", "3x32x32", 1e-4);
}
