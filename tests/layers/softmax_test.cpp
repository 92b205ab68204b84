#include "support/pytorch.hpp"

using namespace ctnn;
using ctnn::test::agrees_with_pytorch;

TEST_CASE("softmax and log-softmax agree with PyTorch") {
  agrees_with_pytorch<Input<10>, LogSoftmax>("log_softmax_vector");
  agrees_with_pytorch<Input<4, 3, 3>, LogSoftmax>("log_softmax_image");
  agrees_with_pytorch<Input<10>, Softmax>("softmax_vector");
  agrees_with_pytorch<Input<4, 3, 3>, Softmax>("softmax_image");
}

TEST_CASE("softmax and log-softmax keep the law of gradients") {
  CHECK(gradcheck<Input<10>, LogSoftmax>() == "");
  CHECK(gradcheck<Input<5, 3, 2>, LogSoftmax>() == "");
  CHECK(gradcheck<Input<17>, Softmax>() == "");
  CHECK(gradcheck<Input<3, 2, 2>, Softmax>() == "");
}
