#pragma once
/// @file
/// What is known of a network's type, as members; and the same members where there is no network.

#include <cstddef>

#include <ctnn/core/composite.hpp>
#include <ctnn/core/diagnose.hpp>
#include <ctnn/core/graph.hpp>
#include <ctnn/core/list.hpp>
#include <ctnn/core/text.hpp>
#include <ctnn/core/trace.hpp>

namespace ctnn {
namespace detail {

template <class Graph>
constexpr std::size_t find_parameter(const Graph& graph, StringView name) {
  std::size_t index = 0;
  while (index < graph.parameters.size() && graph.parameters[index].name != name) ++index;
  return index;
}

/// diagnose_parameter_of says what is wrong with a parameter's name, or nothing.
template <class Graph>
constexpr Sentence diagnose_parameter_of(const Graph& graph, StringView name) {
  Sentence error;
  if (find_parameter(graph, name) < graph.parameters.size()) return error;
  error << "no parameter is named " << name;
  std::size_t nearest = 0, distance = ~std::size_t{0};
  for (std::size_t i = 0; i < graph.parameters.size(); ++i)
    if (const auto d = edit_distance(name, graph.parameters[i].name.view()); d < distance) {
      nearest = i;
      distance = d;
    }
  if (graph.parameters.size() > 0)
    error << "; the nearest is " << graph.parameters[nearest].name;
  else
    error << "; this network has none";
  return error;
}

template <const auto& Graph, FixedString Name>
inline constexpr Sentence unknown_parameter = diagnose_parameter_of(Graph, Name.view());

/// parameter_entry is the entry of a parameter, or the error that no parameter has this name.
template <const auto& Graph, FixedString Name>
constexpr auto parameter_entry() {
  if constexpr (unknown_parameter<Graph, Name>.empty()) {
    return Graph.parameters[find_parameter(Graph, Name.view())];
  } else {
    static_assert(require_empty<unknown_parameter<Graph, Name>>());
    return poison{};
  }
}

} // namespace detail

/// NetworkFacts are the constants of a network: `Net::parameter_count`, `Net::nodes[2].output_shape`, …
template <class In, class... Layers>
struct NetworkFacts;

/// NetworkFacts of `Input<…>` and layers are the base of `Sequential<Input<…>, …>`.
template <int... Extents, class... Layers>
struct NetworkFacts<Input<Extents...>, Layers...> {
  /// well_formed is true: there is a network. Where there is none, the type does not compile.
  static constexpr bool well_formed = true;

  /// graph is the network as one value, a detail::Graph: `graph.nodes` and `graph.parameters`.
  static constexpr const auto& graph = detail::network_graph<Input<Extents...>, Layers...>;

  /// layer_count is the number of layers and blocks as written.
  static constexpr std::size_t layer_count = sizeof...(Layers);

  /// layers are the layers as written, a Hana sequence of types for `boost::hana::for_each` and such.
  static constexpr typename detail::types<Layers...>::sequence layers{};

  /// layer is the type of the `I`-th layer as written, without its name.
  template <std::size_t I>
  using layer = typename detail::composite<detail::type_at<detail::types<Layers...>, I>>::type;

  /// nodes are the layers with nested blocks laid out flat, each a detail::Node: its name, kind,
  /// shapes, parameter_count and multiply_adds. Where branches begin stands a Fork, where they end their
  /// join, such as a Sum.
  static constexpr const auto& nodes = graph.nodes;

  /// node_count is the number of nodes.
  static constexpr std::size_t node_count = sizeof(nodes) / sizeof(detail::Node);

  /// input_shape is the shape of one sample, without the batch.
  static constexpr Shape input_shape{Extents...};

  /// output_shape is the shape of one sample's output.
  static constexpr Shape output_shape = graph.values[graph.output].shape;

  /// parameter_count is the number of elements of all parameters; buffers, such as running statistics,
  /// are none.
  static constexpr std::size_t parameter_count = [] {
    std::size_t sum = 0;
    for (const detail::Node& node : nodes) sum += node.parameter_count;
    return sum;
  }();

  /// trainable_count is the number of those that training moves: all but the Frozen ones.
  static constexpr std::size_t trainable_count = [] {
    std::size_t sum = 0;
    for (const detail::Node& node : nodes) sum += node.trained_count;
    return sum;
  }();

  /// multiply_adds is the number that one sample takes forward by the direct algorithms, of weights
  /// only.
  static constexpr std::size_t multiply_adds = [] {
    std::size_t sum = 0;
    for (const detail::Node& node : nodes) sum += node.multiply_adds;
    return sum;
  }();

  /// input_bytes are the bytes of one sample in single precision.
  static constexpr std::size_t input_bytes = 4 * input_shape.size();

  /// forward_backward_bytes are the bytes of all outputs of one sample and of their gradients in single
  /// precision, as torchsummary counts.
  static constexpr std::size_t forward_backward_bytes = [] {
    std::size_t sum = 0;
    for (const detail::Node& node : nodes)
      if (!node.is_fork()) sum += 2 * 4 * node.output_shape.size();
    return sum;
  }();

  /// parameter_bytes are the bytes of all parameters in single precision.
  static constexpr std::size_t parameter_bytes = 4 * parameter_count;

  /// parameter is the detail::ParameterNode of a parameter, with its shape:
  /// `Net::parameter<"conv1.weight">().shape`. An unknown name is a compile-time error that names the
  /// nearest one.
  template <detail::FixedString Name>
  static consteval auto parameter() {
    return detail::parameter_entry<detail::network_graph<Input<Extents...>, Layers...>, Name>();
  }
};

namespace detail {

/// PoisonedFacts are the members of NetworkFacts for what is no network: whoever needs one is told the
/// error, and nothing else.
template <const Sentence& Error>
struct PoisonedFacts {
  static constexpr bool well_formed = false;
  static constexpr const Sentence& error = Error;
  static constexpr poison graph = tell<Error>(), layer_count = tell<Error>(),
                          layers = tell<Error>(), nodes = tell<Error>(), node_count = tell<Error>(),
                          input_shape = tell<Error>(), output_shape = tell<Error>(),
                          parameter_count = tell<Error>(), trainable_count = tell<Error>(),
                          multiply_adds = tell<Error>(), input_bytes = tell<Error>(),
                          forward_backward_bytes = tell<Error>(), parameter_bytes = tell<Error>();
  template <std::size_t I>
  using layer = poison;
  template <FixedString Name>
  static consteval poison parameter() {
    return tell<Error>();
  }
};

} // namespace detail
} // namespace ctnn
