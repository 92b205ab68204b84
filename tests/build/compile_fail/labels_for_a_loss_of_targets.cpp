// expect: MSELoss wants target tensors, and TensorDataset has no void read_target(std::size_t i, T* y) const
#include <ctnn/train.hpp>
using namespace ctnn;
using Net = Sequential<Input<4>, Linear<2>>;
double train(Network<Net>& net, const Tensor<float, 2>& x) {
  Trainer trainer(net, MSELoss{}, SGD{});
  return train_epoch(trainer, TensorDataset(x, std::vector<int>{0, 1})).loss();
}
