// What defines a network and what reads its file are enough to run it: nobody has to know of kernels.
#include <ctnn/core.hpp>
#include <ctnn/io/state_dict.hpp>

#include "io/files.hpp"
#include "support/catch.hpp"

using namespace ctnn;

TEST_CASE("core.hpp and io/state_dict.hpp make a network that runs") {
  using Net =
      Sequential<Input<1, 6, 6>, Conv2d<2, 3>, ReLU, MaxPool2d<2>, Flatten, Linear<3>, LogSoftmax>;
  const test::temporary_folder folder;
  const Network<Net> net(3);
  save_state_dict(net, folder / "net.safetensors");
  Network<Net> again(4);
  load_state_dict(again, folder / "net.safetensors");
  const Tensor<float, 4> x({2, 1, 6, 6}, 0.5f);
  CHECK((net.predict(x) == again.predict(x)));
}
