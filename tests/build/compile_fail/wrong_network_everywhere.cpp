// expect: layer 3 Linear<10>: expects a flat input, got 16x12x12 (put Flatten before it)
// All that a program does with a network.
#include <ctnn/ctnn.hpp>
#include <iostream>
using namespace ctnn;

using Net = Sequential<Input<1, 28, 28>, Conv2d<16, 5>, ReLU, MaxPool2d<2>, Linear<10>, LogSoftmax>;
using Direct = With<Net, direct>;
constexpr Shape out = Net::output_shape;
static_assert(Net::parameter_count == 23'466 && 4 * Net::parameter_count / 1024 < 100);

void facts() {
  std::cout << summary<Net> << plan::table<Net>() << Net::parameter_count << Net::output_shape[0];
  std::puts(summary<Net, Rows::with_parameters>.data());
  for (const auto& node : Net::nodes) std::cout << node.name.view() << node.output_shape.size();
  for (std::size_t p = 0; p < Net::graph.parameters.size(); ++p)
    std::puts(Net::graph.parameters[p].name.chars);
  std::array<float, Net::output_shape.size()> scores{};
  std::cout << scores.size() + Net::node_count << sizeof(Net::layer<Net::layer_count - 1>);
}

void predict(const Tensor<float, 4>& x, const float* from, float* to) {
  Network<Net> net(1);
  load_state_dict(net, "mnist.safetensors");
  const Tensor<float, 2> y = net.predict(x);
  std::cout << std::max_element(y.begin(), y.end()) - y.begin();
  Workspace<Net> workspace;
  auto again = net.predict(x, workspace);
  std::cout << static_cast<float>(again(0, 3)) << again.shape(0);
  net.predict(1, from, to, workspace);
}

void train(const ImageDataset& train, const ImageDataset& test) {
  Network<Net> net;
  std::cout << static_cast<float>(net.parameter<"0.weight">()(0, 0, 0, 0));
  net.assign<"0.weight">(xt::zeros<float>({16, 1, 5, 5}));
  net.modify([](auto& tensors) {
    for (auto& tensor : tensors)
      for (float& element : tensor) element = 0;
  });
  Trainer trainer(net, NLLLoss{}, SGD{.lr = 0.1});
  trainer.optimizer.lr = 0.01;
  const Score score = train_epoch(trainer, train, {.epoch = 1});
  std::vector<float> outputs(test.size() * Net::output_shape.size());
  std::cout << score.loss() << trainer.evaluate(test, outputs).accuracy() << trainer.steps();
  save_training_state(trainer, "state.safetensors");
  load_training_state(trainer, "state.safetensors");
  save_state_dict(net, "mnist.safetensors");
}

double train_otherwise(const ImageDataset& data) {
  Network<Direct, double> net;
  Trainer trainer(net, CrossEntropyLoss{}, AdamW{});
  return train_epoch(trainer, data).loss();
}

bool check() {
  return gradcheck<Input<1, 28, 28>, Conv2d<16, 5>, ReLU, MaxPool2d<2>, Linear<10>>().empty();
}
