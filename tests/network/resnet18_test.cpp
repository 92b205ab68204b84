// torchvision's resnet18, small images; the larger ones are in tests/exams.
#include "support/logits.hpp"

using namespace ctnn;

TEST_CASE("resnet18 answers as torchvision's does, its batch norms folded") {
  test::has_torchvisions_logits<test::ResNet18<32>, float>("resnet18", "3x32x32", 1e-4);
  test::has_torchvisions_logits<test::ResNet18<32>, double>("resnet18", "3x32x32", 1e-10);
}
