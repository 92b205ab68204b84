// The plan of buffers, carried out symbolically: whatever is read is still there.
#include <map>
#include <random>
#include <string>
#include <vector>

#include <ctnn/core.hpp>
#include <ctnn/plan/plan_buffers.hpp>

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

/// The way of a batch of some chunks through a graph, in the memory that was planned for it.
template <class Graph>
class Run {
public:
  static constexpr std::size_t chunks = 2;

  Run(const Graph& graph, plan::Mode mode, std::size_t samples)
      : graph_(graph), mode_(mode), samples_(samples), phases_(plan::find_phases(graph)),
        plan_(plan::plan_buffers(graph, mode, samples, phases_)), block_(plan_.size),
        store_(plan_.stored * samples * chunks) {}

  void keeps_what_is_read() {
    back_ = false;
    for (std::size_t phase = 0; phase <= phases_.last; ++phase)
      for (chunk_ = 0; chunk_ < chunks; ++chunk_) {
        block_ = Memory(plan_.size); // nothing is handed on in it
        back_ = false;
        go_forward(phase);
        if (phase == phases_.last) end(phase);
      }
    for (std::size_t phase = phases_.last; phase-- > 0 && goes_backward();)
      for (chunk_ = 0; chunk_ < chunks; ++chunk_) {
        block_ = Memory(plan_.size);
        back_ = true;
        repeat(0, graph_.node_count, phase);
        go_backward(phase);
      }
  }

private:
  struct Place {
    Memory& memory;
    std::size_t offset;
    bool operator==(const Place& other) const {
      return &memory == &other.memory && offset == other.offset;
    }
  };

  void go_forward(std::size_t phase) {
    if (phase == 0) write_value(0);
    for (std::size_t i = 0; i < graph_.node_count; ++i)
      if (phases_.forward[i] == phase) forward(i);
    if (phase < phases_.last) read_value(graph_.input_of(phases_.cut[phase])); // for its statistics
  }
  void end(std::size_t phase) {
    read_value(graph_.output);
    if (!goes_backward()) return;
    write_gradient(graph_.output);
    go_backward(phase);
  }
  void go_backward(std::size_t phase) {
    back_ = true;
    for (std::size_t i = graph_.node_count; i-- > 0;) {
      if (phase == phases_.last && plan::ends_segment(graph_, phases_, i) &&
          phases_.forward[i] == phase)
        repeat(plan::first_of_segment(graph_, phases_, i), i + 1, phase);
      if (phases_.backward[i] == phase && plan::runs_backward(graph_, i, mode_)) backward(i);
    }
    if (phase == 0) {
      if (wants(0)) read_gradient(0);
    } else if (const std::size_t cut = phases_.cut[phase - 1];
               plan::runs_backward(graph_, cut, mode_)) { // for its sums
      read_value(graph_.input_of(cut));
      read_gradient(graph_.output_of(cut));
    }
  }
  void repeat(std::size_t begin, std::size_t end, std::size_t phase) {
    for (std::size_t i = begin; i < end; ++i)
      if (phases_.forward[i] == phase && plan_.runs_again[i]) forward(i);
  }
  bool goes_backward() const { return mode_ != plan::Mode::inference && wants(graph_.output); }

  void forward(std::size_t i) {
    const detail::Node& node = graph_.nodes[i];
    for (std::size_t k = 0; k < node.inputs; ++k) read_value(graph_.input_of(i, k));
    if (has_tape(i)) write_tape(i);
    const std::size_t y = graph_.output_of(i);
    if (node.is_fork()) {
      for (std::size_t k = 0; k < node.outputs; ++k) read_value(y + k); // the same, without a copy
      return;
    }
    write_value(y);
    for (std::size_t k = 0; k < node.inputs;
         ++k) // they are still being read, unless y is one of them
      if (const std::size_t x = graph_.input_of(i, k); !node.in_place || value(x) != value(y))
        read_value(x);
    if (has_tape(i)) read_tape(i);
  }

  void backward(std::size_t i) {
    const detail::Node& node = graph_.nodes[i];
    read_for_backward(i, nullptr);
    if (node.passes_gradient) { // the same, without a copy
      for (std::size_t k = 0; k < node.inputs; ++k)
        if (wants(graph_.input_of(i, k))) read_gradient(graph_.input_of(i, k));
      return;
    }
    for (std::size_t k = 0; k < node.inputs; ++k) {
      const std::size_t x = graph_.input_of(i, k);
      if (!plan::has_gradient(graph_, x, mode_)) continue;
      write_gradient(x);
      const bool may_overwrite = node.is_fork() || (node.in_place && node.inputs == 1);
      const Place written = gradient(x);
      read_for_backward(i, may_overwrite ? &written : nullptr);
    }
    for (std::size_t k = 0; k < node.inputs; ++k)
      if (wants(graph_.input_of(i, k))) read_gradient(graph_.input_of(i, k));
  }

  /// Reads all that a node's backward does, but for the gradient that lies where it writes.
  void read_for_backward(std::size_t i, const Place* written) {
    const detail::Node& node = graph_.nodes[i];
    for (std::size_t k = 0; k < node.outputs; ++k)
      if (const std::size_t y = graph_.output_of(i, k);
          written == nullptr || gradient(y) != *written)
        read_gradient(y);
    if (has_tape(i)) read_tape(i);
    if (detail::reads_input(node.backward_reads))
      for (std::size_t k = 0; k < node.inputs; ++k) read_value(graph_.input_of(i, k));
    if (detail::reads_output(node.backward_reads)) read_value(graph_.output_of(i));
  }

  bool wants(std::size_t value) const { return plan::wants_gradient(graph_.values[value], mode_); }
  bool has_tape(std::size_t i) const {
    return mode_ != plan::Mode::inference && plan::runs_backward(graph_, i, mode_);
  }
  std::size_t size(std::size_t value) const { return samples_ * graph_.values[value].shape.size(); }

  std::size_t size_of_tape(std::size_t i) const { return samples_ * graph_.nodes[i].tape_size; }

  Place place(bool stored, std::size_t offset, std::size_t chunk_size) {
    if (!stored) return {block_, offset};
    return {store_, offset * samples_ * chunks + chunk_ * chunk_size};
  }
  Place value(std::size_t v) {
    return place(plan_.is_stored[v], (back_ ? plan_.value_back : plan_.value)[v], size(v));
  }
  Place tape(std::size_t i) {
    return place(plan_.tape_is_stored[i], (back_ ? plan_.tape_back : plan_.tape)[i],
                 size_of_tape(i));
  }
  Place gradient(std::size_t v) {
    return place(plan_.gradient_is_stored[v], plan_.gradient[v], size(v));
  }

  /// What a fork makes is what it takes, and the gradients by what a sum takes are the one by it.
  std::string value_name(std::size_t value) const {
    const std::size_t maker = graph_.values[value].maker;
    if (maker != detail::none && graph_.nodes[maker].is_fork())
      return value_name(graph_.input_of(maker));
    return "v" + std::to_string(value) + " of chunk " + std::to_string(chunk_);
  }
  std::string gradient_name(std::size_t value) const {
    const std::size_t taker = graph_.values[value].taker;
    if (taker != detail::none && graph_.nodes[taker].passes_gradient)
      return gradient_name(graph_.output_of(taker));
    return "g" + std::to_string(value) + " of chunk " + std::to_string(chunk_);
  }
  void write_value(std::size_t v) {
    value(v).memory.write(value_name(v), value(v).offset, size(v));
  }
  void read_value(std::size_t v) { value(v).memory.read(value_name(v), value(v).offset, size(v)); }
  void write_gradient(std::size_t v) {
    gradient(v).memory.write(gradient_name(v), gradient(v).offset, size(v));
  }
  void read_gradient(std::size_t v) {
    gradient(v).memory.read(gradient_name(v), gradient(v).offset, size(v));
  }
  std::string tape_name(std::size_t i) const {
    return "t" + std::to_string(i) + " of chunk " + std::to_string(chunk_);
  }
  void write_tape(std::size_t i) {
    tape(i).memory.write(tape_name(i), tape(i).offset, size_of_tape(i));
  }
  void read_tape(std::size_t i) {
    tape(i).memory.read(tape_name(i), tape(i).offset, size_of_tape(i));
  }

  const Graph& graph_;
  plan::Mode mode_;
  std::size_t samples_;
  decltype(plan::find_phases(graph_)) phases_;
  decltype(plan::plan_buffers(graph_, mode_, samples_)) plan_;
  Memory block_, store_;
  std::size_t chunk_ = 0;
  bool back_ = false; ///< whether it is on the way back
};

template <class Graph>
void keeps_what_is_read(const Graph& graph) {
  Run(graph, plan::Mode::training, 1).keeps_what_is_read();
  Run(graph, plan::Mode::training, 3).keeps_what_is_read();
  Run(graph, plan::Mode::input_gradient, 2).keeps_what_is_read();
  Run(graph, plan::Mode::inference, 2).keeps_what_is_read();
}

template <class... Ls>
void all_modes() {
  keeps_what_is_read(Sequential<Ls...>::graph);
}

/// A random series-parallel graph: what trace would make of a type, without the type. One of `norms`
/// layers wants statistics of the batch, one of `checkpoints` rows is a Checkpoint; 0 for none.
class RandomGraph {
public:
  static constexpr std::size_t most_nodes = 80;
  detail::Graph<most_nodes, 0, 3 * most_nodes> graph;

  RandomGraph(unsigned seed, std::size_t norms, std::size_t checkpoints)
      : random_(seed), norms_(norms), checkpoints_(checkpoints) {
    graph.values[graph.value_count++].shape = Shape{1 + below(40)};
    graph.output = row(0, 1 + below(5), 3);
    if (graph.node_count == 0) graph.output = layer(0, 7);
  }

private:
  std::size_t below(std::size_t n) { return random_() % n; }
  bool one_in(std::size_t n) { return below(n) == 0; }
  bool has_room() const { return graph.node_count + 30 < most_nodes; }
  std::size_t size_of(std::size_t value) const { return graph.values[value].shape.size(); }

  std::size_t row(std::size_t value, std::size_t length, std::size_t depth) {
    const bool begins = checkpoints_ > 0 && checkpoint_ == 0 && one_in(checkpoints_);
    if (begins) checkpoint_ = ++last_checkpoint_;
    for (std::size_t i = 0; i < length; ++i)
      value = depth > 0 && has_room() && one_in(2) ? parallel(value, depth)
                                                   : layer(value, one_in(2) ? 1 + below(40) : 0);
    if (begins) checkpoint_ = 0;
    return value;
  }

  /// A layer with an output of `size`, or in place if that is 0.
  std::size_t layer(std::size_t value, std::size_t size) {
    detail::Node node;
    node.kind = "layer";
    node.checkpoint = checkpoint_;
    node.input_shape = graph.values[value].shape;
    node.output_shape = size == 0 ? node.input_shape : Shape{size};
    node.in_place = size == 0 && !one_in(4);
    node.backward_reads = static_cast<Reads>(below(4));
    node.tape_size = one_in(3) ? 1 + below(9) : 0;
    node.multiply_adds = one_in(2) ? 5 : 0;
    node.trained_count = one_in(3) ? 5 : 0;
    if (norms_ > 0 && size == 0 && one_in(norms_)) {
      node.sees_batch = true;
      node.in_place = false;
      node.backward_reads = Reads::input;
      node.tape_size = 0;
    }
    return graph.add_node(node, &value);
  }

  std::size_t parallel(std::size_t value, std::size_t depth) {
    detail::Node node;
    node.kind = "Fork";
    node.checkpoint = checkpoint_;
    node.input_shape = node.output_shape = graph.values[value].shape;
    node.outputs = 2 + below(2);
    const std::size_t count = node.outputs, first = graph.add_node(node, &value);
    std::vector<std::size_t> ends;
    for (std::size_t k = 0; k < count; ++k)
      ends.push_back(row(first + k, has_room() ? below(4) : 0, depth - 1)); // perhaps no layer
    node.inputs = count;
    node.outputs = 1;
    const std::size_t join = below(3);
    std::size_t sum = 0;
    for (std::size_t& end : ends) {
      if (join != 2 && size_of(end) != size_of(ends[0])) end = layer(end, size_of(ends[0]));
      sum += size_of(end);
    }
    node.input_shape = node.output_shape = graph.values[ends[0]].shape;
    if (join == 0) { // Sum
      node.in_place = node.passes_gradient = true;
    } else if (join == 1) { // Product
      node.in_place = true;
      node.backward_reads = Reads::input;
    } else { // Concat
      node.output_shape = Shape{sum};
      node.backward_reads = static_cast<Reads>(below(4));
    }
    return graph.add_node(node, ends.data());
  }

  std::mt19937 random_;
  std::size_t norms_, checkpoints_;
  std::size_t checkpoint_ = 0, last_checkpoint_ = 0;
};

} // namespace

TEST_CASE("nothing that is still to be read is overwritten") {
  keeps_what_is_read(Net::graph);
  all_modes<Input<1>, ReLU>();
  all_modes<Input<3, 8, 8>, ReLU, ReLU, Dropout<0.5>, Sigmoid>();
  all_modes<Input<3, 8, 8>, Conv2d<4, 3>, Dropout<0.5>, ReLU, Dropout<0.1>, MaxPool2d<2>>();
  all_modes<Input<3, 8, 8>, MaxPool2d<2>, Tanh, AvgPool2d<2>, Tanh, Flatten, Linear<30>, Softmax>();
  all_modes<Input<2, 8, 8>, ChannelGain, LeakyReLU<0.1>, ChannelGain, Sigmoid, AvgPool2d<2>,
            ChannelGain, Flatten, Linear<500>, Dropout<0.2>, Linear<3>, LogSoftmax>();
}

TEST_CASE("nor where a network branches") {
  using Body = Sequential<Conv2d<8, 3, padding(1)>, ReLU, Conv2d<8, 3, padding(1)>>;
  all_modes<Input<8, 6, 6>, Residual<Body>, ReLU, Residual<Body>, ReLU>();
  all_modes<Input<8, 6, 6>, ReLU, Residual<ReLU, Sigmoid>, ReLU>();
  all_modes<Input<8, 6, 6>, Sum<Identity, Identity>, Sum<Identity, Sequential<ReLU, Tanh>, Body>>();
  all_modes<Input<8, 6, 6>, Concat<Identity, Body, Concat<Body, Identity>>, ReLU>();
  all_modes<Input<8, 6, 6>, Product<Body, Sequential<AvgPool2d<6>, Conv2d<8, 1>, Sigmoid>>>();
  all_modes<Input<8, 6, 6>, Frozen<Body, Residual<Body>>, Sum<Frozen<Body>, Body>, Frozen<Body>>();
}

TEST_CASE("nor in any of a thousand random series-parallel graphs, cut into phases, checkpointed "
          "or not") {
  std::size_t branching = 0, untrained = 0, largest = 0, most_cuts = 0, repeating = 0, kept = 0;
  std::size_t multiplies_again = 0;
  for (unsigned seed = 0; seed < 1'000; ++seed) {
    INFO("seed " << seed);
    const RandomGraph random(seed, seed % 3, seed % 5);
    keeps_what_is_read(random.graph);
    std::size_t forks = 0;
    for (const detail::Node& node : random.graph.nodes) forks += node.is_fork();
    branching += forks > 0;
    largest = std::max(largest, forks);
    untrained += !random.graph.values[random.graph.output].wants_gradient;
    const auto phases = plan::find_phases(random.graph);
    most_cuts = std::max(most_cuts, phases.last);
    const auto plan = plan::plan_buffers(random.graph, plan::Mode::training, 1, phases);
    for (std::size_t i = 0; i < random.graph.node_count; ++i) {
      const detail::Node& node = random.graph.nodes[i];
      repeating += plan.runs_again[i];
      kept += plan.tape_is_stored[i];
      multiplies_again += plan.runs_again[i] && node.multiply_adds > 0 && node.checkpoint == 0;
    }
  }
  CHECK(branching > 500); // the others are chains
  CHECK(largest > 5);
  CHECK(untrained < 500);
  CHECK(most_cuts > 8);
  CHECK(repeating > 200);
  CHECK(kept > 200);
  CHECK(multiplies_again == 0); // but where a Checkpoint asks for it
}

TEST_CASE("buffers share memory when their lives do not meet") {
  constexpr auto training = plan::plan_buffers(Net::graph, plan::Mode::training, 1);
  constexpr auto inference = plan::plan_buffers(Net::graph, plan::Mode::inference, 1);
  // All values, their gradients and the two tapes apart from each other would be 318,816 elements.
  STATIC_REQUIRE(training.size < 180'000);
  // The largest pair of neighbours, conv2's output beside its input, is 58,496.
  STATIC_REQUIRE(inference.size < 62'000);
}

TEST_CASE("a shortcut costs the memory of what it carries, and no copy") {
  // What goes round is kept beside the body's two values: three tensors, not four.
  using Body = Sequential<Conv2d<8, 3, padding(1)>, ReLU, Conv2d<8, 3, padding(1)>>;
  using Block = Sequential<Input<8, 8, 8>, Residual<Body>>;
  constexpr std::size_t tensor = 8 * 8 * 8;
  constexpr auto inference = plan::plan_buffers(Block::graph, plan::Mode::inference, 1);
  STATIC_REQUIRE(inference.size == 3 * tensor);
  STATIC_REQUIRE(Block::nodes[4].kind == "Sum");
  // A fork's values lie where what it takes does, a sum's where one that dies there did.
  STATIC_REQUIRE(inference.value[1] == inference.value[0]);
  STATIC_REQUIRE(inference.value[2] == inference.value[0]);
  STATIC_REQUIRE(inference.value[6] == inference.value[5]);
  // The gradients by what a sum takes are the one by what it makes.
  constexpr auto training = plan::plan_buffers(Block::graph, plan::Mode::input_gradient, 1);
  STATIC_REQUIRE(training.gradient[5] == training.gradient[6]);
  STATIC_REQUIRE(training.gradient[2] == training.gradient[6]);
}

TEST_CASE("every buffer starts on a boundary of 64 bytes") {
  constexpr auto plan = plan::plan_buffers(Net::graph, plan::Mode::training, 5);
  for (const auto& offsets : {plan.value, plan.gradient})
    for (const std::size_t offset : offsets) CHECK(offset % 16 == 0);
}
