// expect: Sequential<Conv2d<8, 3>, ...> has no Input<...>; a network starts with one
#include <ctnn/ctnn.hpp>
using namespace ctnn;
using Net = Sequential<Conv2d<8, 3>, ReLU, Flatten, Linear<10>, LogSoftmax>;
static_assert(Net::parameter_count == 46'170);

int main() {
  Network<Net> net;
  Workspace<Net> workspace;
  Trainer trainer(net, NLLLoss{}, SGD{.lr = 0.1});
  train_epoch(trainer, load_mnist("data/mnist", Split::train));
  save_state_dict(net, "mnist.safetensors");
  std::puts(plan::table<Net>().c_str());
  std::puts(summary<Net>.data());
}
