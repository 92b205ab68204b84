#pragma once
/// @file
/// One constexpr pass turns the list of layer types into a small graph of values: names, shapes,
/// parameters, or the sentence that says what is wrong. Everything quantitative is computed from it.

#include <array>
#include <cstddef>

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

/// largest_extent is what no extent of a tensor exceeds: one that does has wrapped around below zero.
inline constexpr std::size_t largest_extent = (std::size_t{1} << 31) - 1;

constexpr bool has_wrapped(const Shape& shape) {
  for (std::size_t axis = 0; axis < shape.rank; ++axis)
    if (shape[axis] > largest_extent) return true;
  return false;
}

/// trace_layer adds the layer L, which gets `in`, to the graph and returns its output's shape; or says
/// what is wrong.
template <class L, class G>
constexpr Shape trace_layer(G& graph, Shape in, const Name& name) {
  const auto complain = [&](const Sentence& what) {
    graph.error = Sentence("layer ");
    graph.error << name << ' ' << describe<L>() << what;
    return in;
  };
  if constexpr (!Layer<L>) {
    return complain(" is not a layer: it lacks static constexpr Shape output_shape(Shape)");
  } else if constexpr (constexpr Sentence members = member_error<L>(); !members.empty()) {
    return complain(Sentence(" ") << members);
  } else {
    if (const Sentence what = check<L>(in); !what.empty()) return complain(Sentence(": ") << what);

    Node& node = graph.nodes[graph.node_count];
    node.name = name;
    node.kind = kind_of<L>();
    node.input_shape = in;
    node.output_shape = L::output_shape(in);
    node.first_parameter = graph.parameter_tensors;
    node.parameter_tensors = parameter_tensors<L>;
    node.multiply_adds = multiply_adds<L>(in);
    node.tape_size = tape_size<L>(in);
    node.backward_reads = backward_reads<L>;
    node.in_place = in_place<L>;
    if (has_wrapped(node.output_shape))
      return complain(Sentence(": its output for a ")
                      << in << " input has an extent beyond " << largest_extent
                      << "; did a subtraction wrap around?");
    if (node.output_shape.rank == 0 || node.output_shape.size() == 0)
      return complain(Sentence(": has an empty output for its ") << in << " input");
    for (const Parameter& parameter : parameters<L>(in)) {
      ParameterNode& entry = graph.parameters[graph.parameter_tensors++];
      entry.name << name << '.' << parameter.name;
      entry.shape = parameter.shape;
      entry.initial = parameter.initial;
      entry.node = graph.node_count;
      node.parameter_count += parameter.shape.size();
      if (entry.name.overflowed) return complain(": its name is longer than 95 characters");
    }
    ++graph.node_count;
    return node.output_shape;
  }
}

/// A Walk is where trace() is: what the fold over the children of a sequence carries.
template <class G>
struct Walk {
  G* graph;
  Shape shape;
  const Name* prefix;
  std::size_t index = 0;
};

template <class L, class G>
constexpr Shape trace(G& graph, Shape in, const Name& name);

template <class G, class... Ls>
constexpr Shape trace_children(G& graph, Shape in, const Name& prefix, types<Ls...> children) {
  const std::array<StringView, sizeof...(Ls)> labels{composite<Ls>::label...};
  for (std::size_t i = 0; i < labels.size(); ++i)
    for (std::size_t j = 0; j < i && !labels[i].empty(); ++j)
      if (labels[i] == labels[j]) {
        graph.error << "two layers are named " << prefix << labels[i];
        return in;
      }
  return fold(children, Walk<G>{&graph, in, &prefix},
              [](Walk<G> walk, auto type) {
                using L = typename decltype(type)::type;
                if (!walk.graph->error.empty()) return walk;
                Name name = *walk.prefix;
                if constexpr (composite<L>::named)
                  name << composite<L>::label;
                else
                  name << walk.index;
                walk.shape = trace<L>(*walk.graph, walk.shape, name);
                ++walk.index;
                return walk;
              })
      .shape;
}

/// trace adds all layers of L, a layer or a block called `name`, to the graph and returns the output's
/// shape; it stops at the first thing that is wrong.
template <class L, class G>
constexpr Shape trace(G& graph, Shape in, const Name& name) {
  using Composite = composite<L>;
  using Own = typename Composite::type;
  if constexpr (Composite::named) {
    const StringView label = Composite::label;
    if (label.empty() || label.contains(".")) {
      graph.error << "layer " << name << ' ' << describe<Own>()
                  << ": a name must not be empty or contain a dot";
      return in;
    }
  }
  if constexpr (Composite::kind == Kind::input) {
    graph.error << "layer " << name << ' ' << describe<Own>()
                << ": an Input comes first and only once";
    return in;
  } else if constexpr (Composite::kind == Kind::sequence) {
    Name prefix = name;
    prefix << '.';
    return trace_children(graph, in, prefix, typename Composite::children{});
  } else {
    return trace_layer<Own>(graph, in, name);
  }
}

/// trace_network is the graph of a network, and in `error` what is wrong with it.
template <int... Extents, class... Ls>
constexpr auto trace_network(Input<Extents...>, types<Ls...> layers) {
  constexpr Counts counts = counts_of<Sequential<Ls...>>;
  Graph<counts.layers, counts.tensors> graph;
  if (!((Extents > 0) && ...) || sizeof...(Extents) < 1 || sizeof...(Extents) > 3)
    graph.error << Input<Extents...>::describe() << ": wants one to three positive extents";
  else if (sizeof...(Ls) == 0)
    graph.error << "Sequential<" << Input<Extents...>::describe() << "> has no layers";
  else if constexpr (sizeof...(Extents) >= 1 && sizeof...(Extents) <= 3)
    trace_children(graph, Shape{Extents...}, Name{}, layers);
  return graph;
}

} // namespace ctnn::detail
