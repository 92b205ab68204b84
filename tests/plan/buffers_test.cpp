// The plan of buffers, carried out symbolically: whatever is read is still there.
#include <string>
#include <vector>

#include <ctnn/core.hpp>
#include <ctnn/plan/buffers.hpp>

#include "../../src/mnist_net.hpp"
#include "support/catch.hpp"
#include "support/channel_gain.hpp"

using namespace ctnn;

namespace {

/// Every element of the block remembers which tensor was written there last.
class Memory {
public:
  explicit Memory(std::size_t size) : owner_(size) {}
  void write(const std::string& tensor, std::size_t offset, std::size_t size) {
    REQUIRE(offset + size <= owner_.size());
    for (std::size_t i = offset; i < offset + size; ++i) owner_[i] = tensor;
  }
  void read(const std::string& tensor, std::size_t offset, std::size_t size) const {
    for (std::size_t i = offset; i < offset + size; ++i)
      if (owner_[i] != tensor) FAIL(tensor << " was overwritten by " << owner_[i]);
  }

private:
  std::vector<std::string> owner_;
};

template <class Net>
void keeps_what_is_read(plan::Mode mode, std::size_t samples) {
  constexpr const auto& graph = Net::graph;
  const auto plan = plan::plan_buffers(graph, mode, samples);
  Memory memory(plan.size);
  const auto value_size = [&](std::size_t i) {
    return samples * (i == 0 ? graph.nodes[0].input_shape : graph.nodes[i - 1].output_shape).size();
  };
  const auto name = [](char kind, std::size_t i) { return kind + std::to_string(i); };
  const std::size_t nodes = graph.nodes.size();

  memory.write(name('v', 0), plan.value[0], value_size(0));
  for (std::size_t i = 0; i < nodes; ++i) {
    memory.read(name('v', i), plan.value[i], value_size(i));
    memory.write(name('v', i + 1), plan.value[i + 1], value_size(i + 1));
    if (mode == plan::Mode::training)
      memory.write(name('t', i), plan.tape[i], samples * graph.nodes[i].tape_size);
  }
  memory.read(name('v', nodes), plan.value[nodes], value_size(nodes));
  if (mode == plan::Mode::inference) return;

  memory.write(name('g', nodes), plan.gradient[nodes], value_size(nodes));
  for (std::size_t i = nodes; i-- > 0;) {
    const detail::Node& node = graph.nodes[i];
    memory.read(name('g', i + 1), plan.gradient[i + 1], value_size(i + 1));
    memory.read(name('t', i), plan.tape[i], samples * node.tape_size);
    if (detail::reads_input(node.backward_reads))
      memory.read(name('v', i), plan.value[i], value_size(i));
    if (detail::reads_output(node.backward_reads))
      memory.read(name('v', i + 1), plan.value[i + 1], value_size(i + 1));
    if (!node.in_place) { // written while dy, x, y and the tape are still being read
      memory.write(name('g', i), plan.gradient[i], value_size(i));
      memory.read(name('g', i + 1), plan.gradient[i + 1], value_size(i + 1));
      memory.read(name('t', i), plan.tape[i], samples * node.tape_size);
      if (detail::reads_input(node.backward_reads))
        memory.read(name('v', i), plan.value[i], value_size(i));
      if (detail::reads_output(node.backward_reads))
        memory.read(name('v', i + 1), plan.value[i + 1], value_size(i + 1));
    } else {
      memory.write(name('g', i), plan.gradient[i], value_size(i));
    }
  }
  memory.read(name('g', 0), plan.gradient[0], value_size(0));
}

template <class... Ls>
void all_modes() {
  using N = Sequential<Ls...>;
  keeps_what_is_read<N>(plan::Mode::training, 1);
  keeps_what_is_read<N>(plan::Mode::training, 3);
  keeps_what_is_read<N>(plan::Mode::inference, 2);
}

} // namespace

TEST_CASE("nothing that is still to be read is overwritten") {
  keeps_what_is_read<Net>(plan::Mode::training, 1);
  keeps_what_is_read<Net>(plan::Mode::inference, 1);
  all_modes<Input<1>, ReLU>();
  all_modes<Input<3, 8, 8>, ReLU, ReLU, Dropout<0.5>, Sigmoid>();
  all_modes<Input<3, 8, 8>, Conv2d<4, 3>, Dropout<0.5>, ReLU, Dropout<0.1>, MaxPool2d<2>>();
  all_modes<Input<3, 8, 8>, MaxPool2d<2>, Tanh, AvgPool2d<2>, Tanh, Flatten, Linear<30>, Softmax>();
  all_modes<Input<2, 8, 8>, ChannelGain, LeakyReLU<0.1>, ChannelGain, Sigmoid, AvgPool2d<2>,
            ChannelGain, Flatten, Linear<500>, Dropout<0.2>, Linear<3>, LogSoftmax>();
}

TEST_CASE("buffers share memory when their lives do not meet") {
  constexpr auto training = plan::plan_buffers(Net::graph, plan::Mode::training, 1);
  constexpr auto inference = plan::plan_buffers(Net::graph, plan::Mode::inference, 1);
  // All values, their gradients and the two tapes apart from each other would be 318,816 elements.
  STATIC_REQUIRE(training.size < 180'000);
  // The largest pair of neighbours, conv2's output beside its input, is 58,496.
  STATIC_REQUIRE(inference.size < 62'000);
}

TEST_CASE("every buffer starts on a boundary of 64 bytes") {
  constexpr auto plan = plan::plan_buffers(Net::graph, plan::Mode::training, 5);
  for (const auto& offsets : {plan.value, plan.gradient})
    for (const std::size_t offset : offsets) CHECK(offset % 16 == 0);
}
