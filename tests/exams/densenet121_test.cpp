// torchvision's densenet121: 58 concatenations, and norms that stand before convolutions.
#include "support/logits.hpp"

using namespace ctnn;

TEST_CASE("densenet121 answers as torchvision's does") {
  test::has_torchvisions_logits<test::DenseNet121<32>, float>("densenet121", "3x32x32", 1e-4);
  test::has_torchvisions_logits<test::DenseNet121<32>, double>("densenet121", "3x32x32", 1e-10);
}
