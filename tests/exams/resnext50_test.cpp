// torchvision's resnext50_32x4d: convolutions in 32 groups.
#include "support/logits.hpp"

using namespace ctnn;

TEST_CASE("resnext50_32x4d answers as torchvision's does") {
  test::has_torchvisions_logits<test::ResNeXt50<32>, float>("resnext50_32x4d", "3x32x32", 1e-4);
  test::has_torchvisions_logits<test::ResNeXt50<32>, double>("resnext50_32x4d", "3x32x32", 1e-10);
}
