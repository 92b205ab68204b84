// torchvision's googlenet: concatenations of four branches, and poolings that round up.
#include "support/logits.hpp"

using namespace ctnn;

TEST_CASE("googlenet answers as torchvision's does") {
  test::has_torchvisions_logits<test::GoogLeNet<64>, float>("googlenet", "3x64x64", 1e-4);
  test::has_torchvisions_logits<test::GoogLeNet<64>, double>("googlenet", "3x64x64", 1e-10);
}
