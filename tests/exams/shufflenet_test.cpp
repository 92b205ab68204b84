// A ShuffleNet: convolutions in groups, whose channels then change places.
#include "support/logits.hpp"

using namespace ctnn;

TEST_CASE("a ShuffleNet answers as PyTorch's does") {
  test::has_torchvisions_logits<test::ShuffleNet<64>, float>("shufflenet", "3x64x64", 1e-4);
  test::has_torchvisions_logits<test::ShuffleNet<64>, double>("shufflenet", "3x64x64", 1e-10);
}
