#pragma once
/// @file
/// One constexpr pass turns the list of layer types into a small graph of values: names, shapes,
/// parameters, or the sentence that says what is wrong. Everything quantitative is computed from it.

#include <array>
#include <cstddef>
#include <type_traits>

#include <ctnn/core/composite.hpp>
#include <ctnn/core/layer.hpp>
#include <ctnn/core/list.hpp>
#include <ctnn/core/shape.hpp>
#include <ctnn/core/text.hpp>

namespace ctnn::detail {

/// A Node is a layer in its place: what is known of it before it runs.
struct Node {
  Name name;                         ///< "conv1", "0", "features.2"
  StringView kind;                   ///< "Conv2d"
  Shape input_shape;                 ///< of one sample
  Shape output_shape;                ///< of one sample
  std::size_t first_parameter = 0;   ///< the index of its first tensor in Graph::parameters
  std::size_t parameter_tensors = 0; ///< the number of its tensors there
  std::size_t parameter_count = 0;   ///< the elements of these tensors
  std::size_t multiply_adds = 0;     ///< the number that one sample takes forward
  std::size_t tape_size = 0;         ///< elements that one sample hands from forward to backward
  Reads backward_reads = Reads::nothing; ///< which of x and y backward looks at
  bool in_place = false;                 ///< whether y may be x, and dx may be dy
};

/// A ParameterNode is a parameter tensor of a network.
struct ParameterNode {
  Name name;            ///< "conv1.weight"
  Shape shape;          ///< as PyTorch writes it
  Initial initial;      ///< how its elements start
  std::size_t node = 0; ///< the index of its layer in Graph::nodes
};

/// A Graph is a network as values.
template <std::size_t Nodes, std::size_t Parameters>
struct Graph {
  std::array<Node, Nodes> nodes{};                    ///< the layers, nested blocks laid out flat
  std::array<ParameterNode, Parameters> parameters{}; ///< the tensors, in the order of their layers
  std::size_t node_count = 0;        ///< less than `Nodes` only if there is an error
  std::size_t parameter_tensors = 0; ///< less than `Parameters` only if there is an error
  Sentence error{};                  ///< what is wrong with the network, or empty
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

/// is_part_of_name is whether a name can be one part of a dotted one.
constexpr bool is_part_of_name(StringView name) { return !name.empty() && !name.contains("."); }

/// index_of is the index that a name spells, or none.
constexpr std::size_t index_of(StringView name) {
  constexpr std::size_t none = ~std::size_t{0};
  if (name.empty() || name.size() > 9 || (name[0] == '0' && name.size() > 1)) return none;
  std::size_t index = 0;
  for (const char c : name) {
    if (c < '0' || c > '9') return none;
    index = 10 * index + static_cast<std::size_t>(c - '0');
  }
  return index;
}

/// add_layer adds a layer that `node` knows all of but its parameters, and these, to the graph; or says
/// what is wrong. (Not a template of the layer: what it says is compiled once.)
template <class G>
constexpr void add_layer(G& graph, Node node, const Parameter* parameters) {
  const Shape in = node.input_shape, out = node.output_shape;
  auto& what = graph.error;
  node.first_parameter = graph.parameter_tensors;
  if (has_wrapped(out))
    what << ": its output for a " << in << " input has an extent beyond " << largest_tensor
         << "; did a subtraction wrap around?";
  else if (is_too_large(out))
    what << ": its output " << out << " has more than " << largest_tensor << " elements";
  else if (out.rank == 0 || out.size() == 0)
    what << ": has an empty output for its " << in << " input";
  else if (node.in_place && out.size() != in.size())
    what << ": works in place, but its output " << out << " has another size than its input " << in;
  for (std::size_t i = 0; i < node.parameter_tensors && what.empty(); ++i) {
    const Parameter& parameter = parameters[i];
    bool twice = false;
    for (std::size_t j = 0; j < i; ++j) twice |= parameters[j].name == parameter.name;
    if (twice)
      what << ": two of its parameters are named " << parameter.name;
    else if (!is_part_of_name(parameter.name))
      what << ": a parameter's name must not be empty or contain a dot";
    else if (is_too_large(parameter.shape))
      what << ": its " << parameter.name << ' ' << parameter.shape << " has more than "
           << largest_tensor << " elements";
    else if (parameter.shape.size() == 0)
      what << ": its " << parameter.name << ' ' << parameter.shape << " is empty";

    ParameterNode& entry = graph.parameters[graph.parameter_tensors++];
    entry.name << node.name << '.' << parameter.name;
    entry.shape = parameter.shape;
    entry.initial = parameter.initial;
    entry.node = graph.node_count;
    node.parameter_count += parameter.shape.size();
    if (entry.name.overflowed && what.empty()) what << ": its name is longer than 95 characters";
  }
  graph.nodes[graph.node_count++] = node;
}

/// blame puts the name of a layer before what is wrong with it.
constexpr void blame(Sentence& error, const Name& name, const Sentence& layer) {
  const Sentence what = error;
  error = "layer ";
  error << name << ' ' << layer << what;
}

/// trace_layer adds the layer L, which gets `in`, to the graph and returns its output's shape; or says
/// what is wrong.
template <class L, class G>
constexpr Shape trace_layer(G& graph, Shape in, const Name& name) {
  Shape out = in;
  if constexpr (!Layer<L>) {
    graph.error << " is not a layer: it lacks static constexpr Shape output_shape(Shape)";
  } else if constexpr (!members_are_right<L>) {
    graph.error << ' ' << member_error<L>();
  } else if (const Sentence what = check<L>(in); !what.empty()) {
    graph.error << ": " << what;
  } else {
    Node node;
    node.name = name;
    node.kind = kind_of<L>();
    node.input_shape = in;
    node.output_shape = out = L::output_shape(in);
    node.parameter_tensors = parameter_tensors<L>;
    node.multiply_adds = multiply_adds<L>(in);
    node.tape_size = tape_size<L>(in);
    node.backward_reads = backward_reads<L>;
    node.in_place = in_place<L>;
    add_layer(graph, node, parameters<L>(in).data());
  }
  if (!graph.error.empty()) blame(graph.error, name, describe<L>());
  return out;
}

template <class L, class G>
constexpr Shape trace(G& graph, Shape in, const Name& name);

template <class G, class... Ls>
constexpr Shape trace_children(G& graph, Shape in, const Name& prefix, types<Ls...> children) {
  const std::array<StringView, sizeof...(Ls)> labels{composite<Ls>::label...};
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i].empty()) continue; // it is named by its index
    const std::size_t index = index_of(labels[i]);
    bool twice = index < labels.size() && labels[index].empty();
    for (std::size_t j = 0; j < i; ++j) twice |= labels[i] == labels[j];
    if (twice) {
      graph.error << "two layers are named " << prefix << labels[i];
      return in;
    }
  }
  std::size_t index = 0;
  for_each_type(children, [&](auto type) {
    using L = typename decltype(type)::type;
    if (!graph.error.empty()) return;
    Name name = prefix;
    if constexpr (composite<L>::named)
      name << composite<L>::label;
    else
      name << index;
    in = trace<L>(graph, in, name);
    ++index;
  });
  return in;
}

/// trace adds all layers of L, a layer or a block called `name`, to the graph and returns the output's
/// shape; it stops at the first thing that is wrong.
template <class L, class G>
constexpr Shape trace(G& graph, Shape in, const Name& name) {
  using Composite = composite<L>;
  using Own = typename Composite::type;
  if constexpr (Composite::named) {
    if (!is_part_of_name(Composite::label)) {
      graph.error << "layer " << name << ' ' << describe<Own>()
                  << ": a name must not be empty or contain a dot";
      return in;
    }
  }
  if constexpr (Composite::kind == Kind::input) {
    graph.error << "layer " << name << ' ' << describe<Own>()
                << ": an Input comes first and only once";
    return in;
  } else if constexpr (std::is_same_v<Own, Sequential<>>) {
    graph.error << "layer " << name << " Sequential<> has no layers";
    return in;
  } else if constexpr (Composite::kind == Kind::sequence) {
    Name prefix = name;
    prefix << '.';
    return trace_children(graph, in, prefix, typename Composite::children{});
  } else {
    return trace_layer<Own>(graph, in, name);
  }
}

/// input_error is what is wrong with a network's Input, or nothing.
template <int... Extents>
constexpr Sentence input_error(Input<Extents...>) {
  Sentence error;
  constexpr std::size_t rank = sizeof...(Extents);
  if (!((Extents > 0) && ...) || rank < 1 || rank > 3) {
    error << Input<Extents...>::describe() << ": wants one to three positive extents";
    if (rank > 3) error << ", those of one sample, without the batch";
  } else if constexpr (rank >= 1 && rank <= 3) {
    if (is_too_large(Shape{Extents...}))
      error << Input<Extents...>::describe() << ": has more than " << largest_tensor << " elements";
  }
  return error;
}

/// trace_network is the graph of a network, and in `error` what is wrong with it.
template <int... Extents, class... Ls>
constexpr auto trace_network(Input<Extents...> input, types<Ls...> layers) {
  constexpr Counts counts = counts_of<Sequential<Ls...>>;
  Graph<counts.layers, counts.tensors> graph;
  graph.error = input_error(input);
  if (!graph.error.empty()) return graph;
  if (sizeof...(Ls) == 0)
    graph.error << "Sequential<" << Input<Extents...>::describe() << "> has no layers";
  else if constexpr (sizeof...(Extents) >= 1 && sizeof...(Extents) <= 3)
    trace_children(graph, Shape{Extents...}, Name{}, layers);
  return graph;
}

} // namespace ctnn::detail
