#pragma once
// One constexpr pass turns the list of layer types into a small graph of values: names, shapes,
// parameters, or the sentence that says what is wrong. Everything quantitative is computed from it.

#include <array>
#include <cstddef>

#include <ctnn/core/layer.hpp>
#include <ctnn/core/list.hpp>
#include <ctnn/core/shape.hpp>
#include <ctnn/core/text.hpp>

namespace ctnn {

/// Shape of one sample: `Input<1, 28, 28>` is PyTorch's `[batch, 1, 28, 28]`.
template <int... Extents>
struct Input {
  static constexpr Text describe() {
    Text text = "Input<";
    std::size_t count = 0;
    ((text << (count++ == 0 ? "" : ", ") << Extents), ...);
    return text << '>';
  }
};

template <class... Layers>
struct Sequential;

/// One layer in its place.
struct Node {
  Name name;       ///< "conv1", "0", "features.2"
  StringView kind; ///< "Conv2d"
  Shape input_shape;
  Shape output_shape;
  std::size_t first_parameter = 0;   ///< index into Graph::parameters
  std::size_t parameter_tensors = 0; ///< how many of them are this layer's
  std::size_t parameter_count = 0;   ///< their elements
  std::size_t multiply_adds = 0;     ///< for one sample, forward
  std::size_t tape_size = 0;         ///< elements of one sample handed from forward to backward
  Reads backward_reads = Reads::nothing;
  bool in_place = false;
};

/// One parameter tensor of the network.
struct ParameterNode {
  Name name; ///< "conv1.weight"
  Shape shape;
  Initial initial;
  std::size_t node = 0; ///< whose it is
};

template <std::size_t Nodes, std::size_t Parameters>
struct Graph {
  std::array<Node, Nodes> nodes{};
  std::array<ParameterNode, Parameters> parameters{};
  std::size_t node_count = 0; ///< less than Nodes only when there is an error
  std::size_t parameter_tensors = 0;
  Text error{}; ///< empty, or what is wrong with the network
};

namespace detail {

template <class L>
struct composite {
  static constexpr std::size_t leaves = 1;
  static constexpr std::size_t tensors = parameter_tensors<L>;
};
template <Label Label, class L>
struct composite<Named<Label, L>> : composite<L> {};
template <int... Extents>
struct composite<Input<Extents...>> {
  static constexpr std::size_t leaves = 0;
  static constexpr std::size_t tensors = 0;
};
template <class... Ls>
struct composite<Sequential<Ls...>> {
  static constexpr std::size_t leaves = (std::size_t{0} + ... + composite<Ls>::leaves);
  static constexpr std::size_t tensors = (std::size_t{0} + ... + composite<Ls>::tensors);
};

template <class L>
inline constexpr bool is_input = false;
template <int... Extents>
inline constexpr bool is_input<Input<Extents...>> = true;

template <class G>
struct Walk {
  G* graph;
  Shape shape;
  const Name* prefix;
  std::size_t index = 0;
};

template <class L, class G>
constexpr Shape trace_layer(G& graph, Shape in, const Name& name) {
  const auto complain = [&](const Text& what) {
    graph.error = Text("layer ");
    graph.error << name << ' ' << describe<L>() << what;
    return in;
  };
  if constexpr (is_input<L>) {
    return complain(": an Input comes first and only once");
  } else if constexpr (!Layer<L>) {
    return complain(" is not a layer: it lacks static constexpr Shape output_shape(Shape)");
  } else {
    if (const Text what = check<L>(in); !what.empty()) return complain(Text(": ") << what);

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
    if (node.output_shape.rank == 0 || node.output_shape.size() == 0)
      return complain(Text(": has an empty output for its ") << in << " input");
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

template <class L, class G>
constexpr Shape trace(G& graph, Shape in, const Name& name);

template <class G, class... Ls>
constexpr Shape trace_children(G& graph, Shape in, const Name& prefix, Sequential<Ls...>*) {
  const std::array<StringView, sizeof...(Ls)> labels{unwrapped<Ls>::label...};
  for (std::size_t i = 0; i < labels.size(); ++i)
    for (std::size_t j = 0; j < i && !labels[i].empty(); ++j)
      if (labels[i] == labels[j]) {
        graph.error << "two layers are named " << prefix << labels[i];
        return in;
      }
  return fold(layer_list<Ls...>, Walk<G>{&graph, in, &prefix},
              [](Walk<G> walk, auto type) {
                using L = typename decltype(type)::type;
                if (!walk.graph->error.empty()) return walk;
                Name name = *walk.prefix;
                if constexpr (unwrapped<L>::named)
                  name << unwrapped<L>::label;
                else
                  name << walk.index;
                walk.shape = trace<L>(*walk.graph, walk.shape, name);
                ++walk.index;
                return walk;
              })
      .shape;
}

template <class L>
inline constexpr bool is_sequential = false;
template <class... Ls>
inline constexpr bool is_sequential<Sequential<Ls...>> = true;

template <class L, class G>
constexpr Shape trace(G& graph, Shape in, const Name& name) {
  using Inner = typename unwrapped<L>::type;
  if constexpr (unwrapped<L>::named) {
    const StringView label = unwrapped<L>::label;
    if (label.empty() || label.contains(".")) {
      graph.error << "layer " << name << ' ' << describe<Inner>()
                  << ": a name must not be empty or contain a dot";
      return in;
    }
  }
  if constexpr (is_sequential<Inner>) {
    Name prefix = name;
    prefix << '.';
    return trace_children(graph, in, prefix, static_cast<Inner*>(nullptr));
  } else {
    return trace_layer<Inner>(graph, in, name);
  }
}

/// The graph of a network, and in `error` what is wrong with it.
template <int... Extents, class... Ls>
constexpr auto trace_network(Input<Extents...>, Sequential<Ls...>* layers) {
  using Layers = composite<Sequential<Ls...>>;
  Graph<Layers::leaves, Layers::tensors> graph;
  if (!((Extents > 0) && ...) || sizeof...(Extents) < 1 || sizeof...(Extents) > 3)
    graph.error << Input<Extents...>::describe() << ": wants one to three positive extents";
  else if (sizeof...(Ls) == 0)
    graph.error << "Sequential<" << Input<Extents...>::describe() << "> has no layers";
  else if constexpr (sizeof...(Extents) >= 1 && sizeof...(Extents) <= 3)
    trace_children(graph, Shape{Extents...}, Name{}, layers);
  return graph;
}

} // namespace detail
} // namespace ctnn
