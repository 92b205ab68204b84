#pragma once
/// @file
/// A network as a small graph of values: names, shapes, parameters, and what goes where. Everything
/// quantitative is computed from it.

#include <cstddef>

#include <ctnn/core/array.hpp>
#include <ctnn/core/layer.hpp>
#include <ctnn/core/shape.hpp>
#include <ctnn/core/text.hpp>

namespace ctnn::detail {

/// none is the index of nothing: the maker of a network's input, the taker of its output.
inline constexpr std::size_t none = ~std::size_t{0};

/// A Value is the samples between two nodes. Every value is made once and taken once.
struct Value {
  Shape shape;                 ///< of one sample
  std::size_t maker = none;    ///< the node that makes it; none for the network's input
  std::size_t taker = none;    ///< the node that takes it; none for the network's output
  bool wants_gradient = false; ///< whether a trained parameter is upstream
};

/// A Node is a layer in its place: what is known of it before it runs. A Fork and a join are nodes too.
struct Node {
  Name name;                         ///< "conv1", "0", "features.2"; of a fork or join, its scope's
  StringView kind;                   ///< "Conv2d"
  Shape input_shape;                 ///< of one sample; a join's first
  Shape output_shape;                ///< of one sample
  std::size_t first_input = 0;       ///< the index of the first value that it takes in Graph::taken
  std::size_t inputs = 1;            ///< the number of values it takes; more than 1 for a join
  std::size_t first_output = 0;      ///< the index of the first value that it makes
  std::size_t outputs = 1;           ///< the number of values it makes; more than 1 for a fork
  std::size_t first_parameter = 0;   ///< the index of its first tensor in Graph::parameters
  std::size_t parameter_tensors = 0; ///< the number of its tensors there
  std::size_t parameter_count = 0;   ///< the elements of these tensors, buffers apart
  std::size_t trained_count = 0;     ///< the elements of those that are trained
  std::size_t multiply_adds = 0;     ///< the number that one sample takes forward
  std::size_t tape_size = 0;         ///< elements that one sample hands from forward to backward
  Reads backward_reads = Reads::input_and_output; ///< which of x and y backward looks at
  bool in_place = false;                          ///< whether y may be x, and dx may be dy
  bool passes_gradient = false;                   ///< for a join: whether every dx is dy
  bool frozen = false;                            ///< whether it stands inside of a Frozen
  std::size_t checkpoint = 0; ///< the number of the Checkpoint that it stands inside of; 0 for none
  bool sees_batch = false;    ///< whether it would train by statistics of the batch

  /// is_fork is whether it is a Fork.
  constexpr bool is_fork() const { return outputs > 1; }
  /// is_layer is whether it is neither a Fork nor a join.
  constexpr bool is_layer() const { return inputs == 1 && outputs == 1; }
};

/// A ParameterNode is a parameter tensor of a network.
struct ParameterNode {
  Name name;                ///< "conv1.weight"
  Shape shape;              ///< as PyTorch writes it
  Initial initial;          ///< how its elements start
  std::size_t node = 0;     ///< the index of its layer in Graph::nodes
  Role role = Role::weight; ///< a weight, or a buffer
  bool trained = true;      ///< whether an optimizer moves it
};

/// A Graph is a network as values: nodes in the order in which they run, and what goes from one to the
/// next. In a chain node i takes value i and makes value i + 1.
template <std::size_t Nodes, std::size_t Parameters, std::size_t Edges = Nodes>
struct Graph {
  /// most_forks is a bound of the forks: each has one edge more than the layers, and its join another.
  static constexpr std::size_t most_forks = (Edges - Nodes) / 2 + 1;

  Array<Node, Nodes> nodes{};                    ///< the layers, composites laid out flat
  Array<Value, Edges + 1> values{};              ///< the first is the network's input
  Array<std::size_t, Edges> taken{};             ///< the values that nodes take, node by node
  Array<ParameterNode, Parameters> parameters{}; ///< the tensors, in the order of their layers
  std::size_t node_count = 0;                    ///< less than `Nodes` only if there is an error
  std::size_t value_count = 0;       ///< less than `Edges + 1` only if there is an error
  std::size_t edge_count = 0;        ///< less than `Edges` only if there is an error
  std::size_t parameter_tensors = 0; ///< less than `Parameters` only if there is an error
  std::size_t output = 0;            ///< the value that is the network's output
  Sentence error{};                  ///< what is wrong with the network, or empty

  /// input_of is the value number `i` of those that a node takes.
  constexpr std::size_t input_of(std::size_t node, std::size_t i = 0) const {
    return taken[nodes[node].first_input + i];
  }
  /// output_of is the value number `i` of those that a node makes.
  constexpr std::size_t output_of(std::size_t node, std::size_t i = 0) const {
    return nodes[node].first_output + i;
  }

  /// add_node adds a node that knows all but its edges, which takes `inputs`, and returns the first
  /// value that it makes.
  constexpr std::size_t add_node(const Node& new_node, const std::size_t* inputs) {
    Node& node = nodes[node_count] = new_node;
    node.first_input = edge_count;
    node.first_output = value_count;
    bool wants_gradient = node.trained_count > 0;
    for (std::size_t i = 0; i < node.inputs; ++i) {
      values[inputs[i]].taker = node_count;
      wants_gradient |= values[inputs[i]].wants_gradient;
      taken[edge_count++] = inputs[i];
    }
    for (std::size_t i = 0; i < node.outputs; ++i)
      values[value_count++] = {node.output_shape, node_count, none, wants_gradient};
    ++node_count;
    return node.first_output;
  }
};

/// largest_tensor is the number of elements that no parameter and no sample's activation exceeds, so
/// that nothing that is counted from them wraps around. An extent beyond it has wrapped itself.
inline constexpr std::size_t largest_tensor = (std::size_t{1} << 31) - 1;

constexpr bool has_wrapped(const Shape& shape) {
  for (std::size_t axis = 0; axis < shape.rank; ++axis)
    if (shape[axis] > largest_tensor) return true;
  return false;
}

constexpr bool is_too_large(const Shape& shape) {
  std::size_t elements = 1;
  for (std::size_t axis = 0; axis < shape.rank; ++axis)
    if (shape[axis] > largest_tensor || (elements *= shape[axis]) > largest_tensor) return true;
  return false;
}

} // namespace ctnn::detail
