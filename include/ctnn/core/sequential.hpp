#pragma once
// Sequential: a network as a type. With an Input in front its facts are constants; without one it
// is a block of layers that goes inside another.

#include <cstddef>

#include <ctnn/core/diagnose.hpp>
#include <ctnn/core/graph.hpp>
#include <ctnn/core/list.hpp>
#include <ctnn/core/text.hpp>

namespace ctnn {
namespace detail {

template <class In, class... Ls>
inline constexpr auto network_graph = trace_network(In{}, static_cast<Sequential<Ls...>*>(nullptr));

template <class... Ls>
constexpr Text diagnose_layers(Sequential<Ls...>*) {
  Text error;
  error << "Sequential<";
  const Text names[]{describe<typename unwrapped<Ls>::type>()..., Text{}};
  if (sizeof...(Ls) > 0) error << names[0];
  if (sizeof...(Ls) > 1) error << ", ...";
  return error << "> has no Input<...>; a network starts with one";
}
template <int... Extents, class... Ls>
constexpr Text diagnose_layers(Sequential<Input<Extents...>, Ls...>*) {
  return network_graph<Input<Extents...>, Ls...>.error;
}

template <class Graph>
constexpr std::size_t find_parameter(const Graph& graph, StringView name) {
  std::size_t index = 0;
  while (index < graph.parameters.size() && graph.parameters[index].name != name) ++index;
  return index;
}

template <class Graph>
constexpr Text diagnose_parameter_of(const Graph& graph, StringView name) {
  Text error;
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

template <const auto& Graph, Label Name>
inline constexpr Text unknown_parameter = diagnose_parameter_of(Graph, Name.view());

/// The entry of a parameter, or the error that no parameter has this name.
template <const auto& Graph, Label Name>
constexpr auto parameter_entry() {
  if constexpr (unknown_parameter<Graph, Name>.empty()) {
    return Graph.parameters[find_parameter(Graph, Name.view())];
  } else {
    static_assert(require_empty<unknown_parameter<Graph, Name>>());
    return poison{};
  }
}

template <class Net>
inline constexpr Text network_error = diagnose_layers(static_cast<Net*>(nullptr));

template <bool WellFormed, class In, class... Ls>
struct network;

template <int... Extents, class... Ls>
struct network<true, Input<Extents...>, Ls...> {
  static constexpr bool well_formed = true;

  /// Everything below in one value.
  static constexpr const auto& graph = network_graph<Input<Extents...>, Ls...>;

  static constexpr std::size_t layer_count = sizeof...(Ls);

  /// The layers as written, a Hana sequence of types: `hana::for_each(Net::layers, …)`.
  static constexpr auto layers = layer_list<Ls...>;

  /// The I-th layer as written, without its name.
  template <std::size_t I>
  using layer = typename unwrapped<type_at<decltype(layer_list<Ls...>), I>>::type;

  /// Every layer that computes, with nested blocks laid out flat: name, kind, input_shape,
  /// output_shape, parameter_count, multiply_adds.
  static constexpr const auto& nodes = graph.nodes;
  static constexpr std::size_t node_count = sizeof(nodes) / sizeof(Node);

  static constexpr Shape input_shape{Extents...};
  static constexpr Shape output_shape = nodes[node_count - 1].output_shape;

  /// Elements of all parameters.
  static constexpr std::size_t parameter_count = [] {
    std::size_t sum = 0;
    for (const Node& node : nodes) sum += node.parameter_count;
    return sum;
  }();

  /// Multiply-adds of the direct algorithms, weights only, for one sample forward.
  static constexpr std::size_t multiply_adds = [] {
    std::size_t sum = 0;
    for (const Node& node : nodes) sum += node.multiply_adds;
    return sum;
  }();

  /// Bytes of one sample's input, of all outputs with their gradients (as torchsummary counts), and
  /// of the parameters, in single precision.
  static constexpr std::size_t input_bytes = 4 * input_shape.size();
  static constexpr std::size_t forward_backward_bytes = [] {
    std::size_t sum = 0;
    for (const Node& node : nodes) sum += 2 * 4 * node.output_shape.size();
    return sum;
  }();
  static constexpr std::size_t parameter_bytes = 4 * parameter_count;

  /// `Net::parameter<"conv1.weight">()`: name, shape. An unknown name is an error that names the
  /// nearest one.
  template <Label Name>
  static consteval auto parameter() {
    return parameter_entry<network_graph<Input<Extents...>, Ls...>, Name>();
  }
};

struct ill_formed_network {
  static constexpr bool well_formed = false;
  static constexpr poison graph{}, layers{}, layer_count{}, nodes{}, node_count{}, input_shape{},
      output_shape{}, parameter_count{}, multiply_adds{}, input_bytes{}, forward_backward_bytes{},
      parameter_bytes{};
  template <std::size_t I>
  using layer = poison;
  template <Label Name>
  static consteval poison parameter() {
    return {};
  }
};

template <class In, class... Ls>
struct network<false, In, Ls...> : ill_formed_network {};

/// Fails, with the sentence, only where a member of an Input-less Sequential is asked for.
template <class Net>
struct no_input {
  static constexpr poison member = require_empty<network_error<Net>>() ? poison{} : poison{};
};

} // namespace detail

/// Layers in a row, as torch.nn.Sequential. Without an Input: a block to be nested in a network.
template <class... Layers>
struct Sequential {
  static constexpr bool well_formed = false;
  static constexpr poison parameter_count = detail::no_input<Sequential>::member;
  static constexpr poison multiply_adds = detail::no_input<Sequential>::member;
  static constexpr poison input_shape = detail::no_input<Sequential>::member;
  static constexpr poison output_shape = detail::no_input<Sequential>::member;
  static constexpr poison parameter_bytes = detail::no_input<Sequential>::member;
  static constexpr poison nodes = detail::no_input<Sequential>::member;
};

/// A network: `Sequential<Input<1, 28, 28>, Conv2d<32, 3>, ReLU, …>`. See detail::network for its
/// members. A network that cannot work is one compile-time error whose text says why.
template <int... Extents, class... Layers>
struct Sequential<Input<Extents...>, Layers...>
    : detail::network<detail::network_error<Sequential<Input<Extents...>, Layers...>>.empty(),
                      Input<Extents...>, Layers...> {
  static_assert(
      detail::require_empty<detail::network_error<Sequential<Input<Extents...>, Layers...>>>());
};

/// What is wrong with these layers, or nothing: `diagnose<Input<1, 9, 9>, MaxPool2d<20>>()`. The
/// same text that the compiler prints, without the error.
template <class... Layers>
constexpr Text diagnose() {
  return detail::diagnose_layers(static_cast<Sequential<Layers...>*>(nullptr));
}

/// What is wrong with a parameter's name, or nothing.
template <class Net>
constexpr Text diagnose_parameter(StringView name) {
  return detail::diagnose_parameter_of(Net::graph, name);
}

} // namespace ctnn
