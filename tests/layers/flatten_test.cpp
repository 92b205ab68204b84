#include "support/pytorch.hpp"

using namespace ctnn;
using ctnn::test::agrees_with_pytorch;

TEST_CASE("flatten agrees with PyTorch") {
  agrees_with_pytorch<Input<3, 4, 5>, Flatten>("flatten");
}

TEST_CASE("flatten keeps the law of gradients") {
  CHECK(gradcheck<Input<3, 4, 5>, Flatten>() == "");
  CHECK(gradcheck<Input<6>, Flatten>() == "");
}
