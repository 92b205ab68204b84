#pragma once
/// @file
/// One constexpr pass turns the list of layer types into a graph, or into the sentence that says what is
/// wrong.

#include <cstddef>
#include <type_traits>

#include <ctnn/core/array.hpp>
#include <ctnn/core/composite.hpp>
#include <ctnn/core/graph.hpp>
#include <ctnn/core/layer.hpp>
#include <ctnn/core/list.hpp>
#include <ctnn/core/shape.hpp>
#include <ctnn/core/text.hpp>

namespace ctnn::detail {

/// is_part_of_name is whether a name can be one part of a dotted one.
constexpr bool is_part_of_name(StringView name) { return !name.empty() && !name.contains("."); }

/// index_of is the index that a name spells, or none.
constexpr std::size_t index_of(StringView name) {
  if (name.empty() || name.size() > 9 || (name[0] == '0' && name.size() > 1)) return none;
  std::size_t index = 0;
  for (const char c : name) {
    if (c < '0' || c > '9') return none;
    index = 10 * index + static_cast<std::size_t>(c - '0');
  }
  return index;
}

/// A Scope is where names are unique: the modules of a Sequential, those of branches among them.
struct Scope {
  Name prefix;          ///< what the names in it begin with: "features."
  StringView* labels;   ///< those of its modules so far; empty for one that is named by its index
  std::size_t size = 0; ///< the number of its modules so far

  /// name is that of the next module: its label if it has one, and otherwise its index. It is empty if
  /// another has it, or if the label can be no name.
  constexpr Name name(bool has_label, StringView label) {
    bool refused = has_label && !is_part_of_name(label);
    if (!has_label) {
      for (std::size_t i = 0; i < size; ++i)
        refused |= !labels[i].empty() && index_of(labels[i]) == size;
    } else {
      const std::size_t index = index_of(label);
      refused |= index < size && labels[index].empty();
      for (std::size_t i = 0; i < size; ++i) refused |= labels[i] == label;
    }
    Name full;
    if (refused) return full;
    full << prefix;
    if (has_label)
      full << label;
    else
      full << size;
    labels[size++] = label;
    return full;
  }
};

/// A Walk is a graph while it grows.
template <class G>
struct Walk {
  G& graph;
  bool frozen = false;         ///< whether what is met now is inside of a Frozen
  std::size_t checkpoint = 0;  ///< the number of the Checkpoint that it is inside of; 0 for none
  std::size_t checkpoints = 0; ///< how many there were
  bool failed = false;         ///< whether something was wrong
};

/// add_layer adds a layer that `node` knows all of but its parameters, and these, to the graph, which
/// takes `value`, and returns the value that it makes; or says what is wrong. (Not a template of the
/// layer: what it says is compiled once.)
template <class G>
constexpr std::size_t add_layer(Walk<G>& walk, std::size_t value, Node& node,
                                const Parameter* parameters) {
  G& graph = walk.graph;
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
    entry.role = parameter.role;
    entry.trained = parameter.role == Role::weight && !walk.frozen;
    if (parameter.role == Role::weight) node.parameter_count += parameter.shape.size();
    if (entry.trained) node.trained_count += parameter.shape.size();
    if (entry.name.overflowed && what.empty()) what << ": its name is longer than 95 characters";
  }
  walk.failed = !what.empty();
  return graph.add_node(node, &value);
}

/// blame puts the name of a layer before what is wrong with it.
constexpr void blame(Sentence& error, const Name& name, const Sentence& layer) {
  const Sentence what = error;
  error = "layer ";
  error << name << ' ' << layer << what;
}

// A graph is traced without words first, and again, with `Tell`, where something is wrong: what says so
// is then compiled for no layer of a network that is right.

/// set_facts writes what a layer that accepts its input says of itself, but for its parameters.
template <class L>
constexpr void set_facts(Node& node) {
  const Shape in = node.input_shape;
  node.kind = kind_of<L>();
  node.output_shape = L::output_shape(in);
  if constexpr (HasMultiplyAdds<L>) node.multiply_adds = L::multiply_adds(in);
  if constexpr (HasTapeSize<L>) node.tape_size = L::tape_size(in);
  if constexpr (HasBackwardReads<L>) node.backward_reads = L::backward_reads;
  if constexpr (HasInPlace<L>) node.in_place = L::in_place;
  if constexpr (HasSeesBatch<L>) node.sees_batch = L::sees_batch && !node.frozen;
}

/// trace_layer adds the layer L, which takes `value`, to the graph and returns the value that it makes;
/// or says what is wrong.
template <class L, bool Tell, class G>
constexpr std::size_t trace_layer(Walk<G>& walk, std::size_t value, const Name& name) {
  const Shape in = walk.graph.values[value].shape;
  std::size_t out = value;
  Sentence& error = walk.graph.error;
  if constexpr (!Layer<L> || !members_are_right<L>) {
    walk.failed = true;
    if constexpr (Tell) {
      if constexpr (Layer<L>)
        error << ' ' << member_error<L>();
      else if constexpr (Join<L>)
        error << " is a join, which stands before branches: Parallel<" << type_name<L>()
              << ", ...>";
      else
        error << " is not a layer: it lacks static constexpr Shape output_shape(Shape)";
    }
  } else if (const Sentence what = check<L>(in); !what.empty()) {
    walk.failed = true;
    error << ": " << what;
  } else {
    Node node;
    node.name = name;
    node.input_shape = in;
    node.frozen = walk.frozen;
    node.checkpoint = walk.checkpoint;
    set_facts<L>(node);
    node.parameter_tensors = parameter_tensors<L>;
    if constexpr (HasParameters<L>)
      out = add_layer(walk, value, node, L::parameters(in).data());
    else
      out = add_layer(walk, value, node, nullptr);
  }
  if constexpr (Tell)
    if (walk.failed) blame(error, name, describe<L>());
  return out;
}

template <class L, bool Branch, bool Tell, class G>
constexpr std::size_t trace(Walk<G>& walk, Scope& scope, std::size_t value);

/// trace_row adds types in a row.
template <bool Tell, class G, class... Ls>
constexpr std::size_t trace_row(Walk<G>& walk, Scope& scope, std::size_t value, types<Ls...>) {
  // An array, not a fold, of which clang nests 256 at most.
  const std::size_t in_order[]{
      value, (value = walk.failed ? value : trace<Ls, false, Tell>(walk, scope, value))...};
  return in_order[sizeof...(Ls)];
}

/// write_place says where branches begin, by the layer before them.
template <class G>
constexpr void write_place(Sentence& text, const G& graph, std::size_t value) {
  while (value != 0 && !graph.nodes[graph.values[value].maker].is_layer())
    value = graph.input_of(graph.values[value].maker);
  if (value == 0)
    text << " of the network's input";
  else
    text << " after layer " << graph.nodes[graph.values[value].maker].name;
}

/// write_join writes what a join is called: Sum; or, of what is none, Parallel<Conv2d, ...>.
template <class J>
constexpr void write_join(Sentence& text) {
  if constexpr (Join<J>)
    text << kind_of<J>();
  else
    text << "Parallel<" << type_name<J>() << ", ...>";
}

/// join_error is what is wrong with what the branches Bs of a join make, or nothing.
template <class J, class... Bs>
constexpr Sentence join_error(Shapes in, types<Bs...>) {
  if constexpr (sizeof...(Bs) == 2 && requires { J::check_shortcut(in[0], in[1]); })
    if constexpr (std::is_same_v<typename composite<type_at<types<Bs...>, 1>>::type, Identity>)
      return J::check_shortcut(in[0], in[1]);
  return check_join<J>(in);
}

/// add_fork adds where `count` branches begin, and returns the first value that it makes.
template <class G>
constexpr std::size_t add_fork(Walk<G>& walk, const Scope& scope, std::size_t value,
                               std::size_t count) {
  Node node;
  const StringView prefix = scope.prefix.view();
  node.name << prefix.first(prefix.size() - (prefix.empty() ? 0 : 1));
  node.kind = "Fork";
  node.checkpoint = walk.checkpoint;
  node.backward_reads = Reads::nothing;
  node.input_shape = node.output_shape = walk.graph.values[value].shape;
  node.outputs = count;
  return walk.graph.add_node(node, &value);
}

/// add_join adds a join that `node` knows all of but its place, where the branches of `fork` end in
/// `ends`, and returns the value that it makes.
template <class G>
constexpr std::size_t add_join(Walk<G>& walk, std::size_t fork, Node& node,
                               const std::size_t* ends) {
  node.name = walk.graph.nodes[fork].name;
  node.checkpoint = walk.checkpoint;
  node.inputs = walk.graph.nodes[fork].outputs;
  auto& what = walk.graph.error;
  const Shape out = node.output_shape;
  if (has_wrapped(out) || is_too_large(out))
    what << ": its output " << out << " has more than " << largest_tensor << " elements";
  else if (out.rank == 0 || out.size() == 0)
    what << ": has an empty output";
  for (std::size_t i = 0; i < node.inputs && node.passes_gradient && what.empty(); ++i)
    if (const Shape in = walk.graph.values[ends[i]].shape; in.size() != out.size())
      what << ": passes the gradient on, but its output " << out
           << " has another size than its input " << in;
  walk.failed = !what.empty();
  return walk.graph.add_node(node, ends);
}

/// trace_parallel adds a fork, the branches, and the join of what they make.
template <class J, bool Tell, class G, class... Bs>
constexpr std::size_t trace_parallel(Walk<G>& walk, Scope& scope, std::size_t value,
                                     types<Bs...> branches) {
  constexpr std::size_t count = sizeof...(Bs);
  G& graph = walk.graph;
  std::size_t out = value;
  if constexpr (!Join<J>) {
    walk.failed = true;
    graph.error << ": " << type_name<J>()
                << " is not a join: it lacks static constexpr Shape output_shape(Shapes)";
  } else if constexpr (!is_of_ctnn<J> && !join_member_error<J>().empty()) {
    walk.failed = true;
    graph.error << ": " << type_name<J>() << ' ' << join_member_error<J>();
  } else if constexpr (count < 2) {
    walk.failed = true;
    graph.error << ": has " << (count == 0 ? "no branch" : "one branch")
                << ", which leaves nothing to join; a shortcut is the branch Identity";
  } else {
    const std::size_t fork = graph.node_count, first = add_fork(walk, scope, value, count);
    std::size_t ends[count]{};
    Shape shapes[count]{};
    std::size_t at = 0;
    const auto trace_branch = [&](auto branch) {
      if (walk.failed) return;
      ends[at] = trace<typename decltype(branch)::type, true, Tell>(walk, scope, first + at);
      shapes[at] = graph.values[ends[at]].shape;
      ++at;
    };
    detail::for_each_type(branches, trace_branch);
    if (walk.failed) return value;
    const Shapes in(shapes, count);
    if (const Sentence wrong = detail::join_error<J>(in, branches); !wrong.empty()) {
      walk.failed = true;
      graph.error << ": " << wrong;
    } else {
      Node node;
      node.kind = kind_of<J>();
      node.input_shape = shapes[0];
      node.output_shape = J::output_shape(in);
      node.backward_reads = backward_reads<J>;
      node.in_place = in_place<J>;
      node.passes_gradient = passes_gradient<J>;
      out = add_join(walk, fork, node, ends);
    }
  }
  if constexpr (Tell)
    if (walk.failed) {
      const Sentence what = graph.error;
      graph.error = Sentence();
      write_join<J>(graph.error);
      write_place(graph.error, graph, value);
      graph.error << what;
    }
  return out;
}

/// trace_contents adds what a composite holds, in a scope.
template <class Composite, bool Tell, class G>
constexpr std::size_t trace_contents(Walk<G>& walk, Scope& scope, std::size_t value) {
  const bool was_frozen = walk.frozen;
  const std::size_t checkpoint = walk.checkpoint;
  if constexpr (Composite::frozen) walk.frozen = true;
  if constexpr (Composite::checkpoint) // one inside of another is part of it
    if (checkpoint == 0) walk.checkpoint = ++walk.checkpoints;
  if constexpr (Composite::kind == Kind::parallel)
    value = detail::trace_parallel<typename Composite::join, Tell>(walk, scope, value,
                                                                   typename Composite::children{});
  else
    value = detail::trace_row<Tell>(walk, scope, value, typename Composite::children{});
  walk.frozen = was_frozen;
  walk.checkpoint = checkpoint;
  return value;
}

/// describe_type is a type of a network as it is written in code. A Sequential inside of a network is not
/// asked itself: one that begins with an Input would take itself for a network.
template <class L>
constexpr Sentence describe_type() {
  using Own = typename composite<L>::type;
  Sentence text;
  if constexpr (composite<L>::kind == Kind::layer || composite<L>::kind == Kind::input)
    text = describe<Own>();
  else if constexpr (Branching<L>)
    write_join<typename composite<L>::join>(text);
  else
    text << type_name<Own>() << (composite<L>::children::count == 0 ? "<>" : "<...>");
  return text;
}

/// tell_misplaced says what is wrong with the place or the name of L: it has no layers, it is an Input,
/// or it has no `name` that could stand there.
template <class L, bool Branch, class G>
constexpr void tell_misplaced(Walk<G>& walk, const Scope& scope, std::size_t value,
                              const Name& name, bool is_module) {
  using Composite = composite<L>;
  Sentence& error = walk.graph.error;
  if (!is_module) {
    error << (Branch ? Sentence("a branch") : describe_type<L>());
    write_place(error, walk.graph, value);
    error << ": has no layers" << (Branch ? "; a shortcut is the branch Identity" : "");
  } else if (Composite::named && !is_part_of_name(Composite::label)) {
    error << "layer " << scope.prefix << Composite::label << ' ' << describe_type<L>()
          << ": a name must not be empty or contain a dot";
  } else if (Composite::named_twice) {
    error << "layer " << scope.prefix << Composite::label << ' ' << describe_type<L>()
          << ": has a name already; Named stands once before what it names";
  } else if (name.empty()) {
    error << "two layers are named " << scope.prefix;
    if (Composite::named)
      error << Composite::label;
    else
      error << scope.size;
  } else {
    error << "layer " << name << ' ' << describe_type<L>()
          << (Composite::kind == Kind::input ? ": an Input comes first and only once"
                                             : " has no layers");
  }
}

/// trace adds all layers of L to the graph, which takes `value`, and returns the value that it makes; it
/// stops at the first thing that is wrong. `Branch` is whether L is a branch.
template <class L, bool Branch, bool Tell, class G>
constexpr std::size_t trace(Walk<G>& walk, Scope& scope, std::size_t value) {
  using Composite = composite<L>;
  using Own = typename Composite::type;
  constexpr bool is_layer = Composite::kind == Kind::layer,
                 is_input = Composite::kind == Kind::input,
                 is_sequence = Composite::kind == Kind::sequence;
  // What is no module of its own adds no part to the names of its layers.
  constexpr bool is_module =
      Composite::named || is_layer || is_input ||
      (is_sequence && !Composite::frozen && !Composite::checkpoint && !Branch);
  constexpr bool is_empty =
      is_sequence && Composite::children::count == 0 && !std::is_same_v<Own, Identity>;
  constexpr bool has_place = !is_input && !is_empty && !Composite::named_twice;

  Name name;
  if constexpr (is_module) name = scope.name(Composite::named, Composite::label);
  if (!has_place || (is_module && name.empty())) {
    walk.failed = true;
    if constexpr (Tell) tell_misplaced<L, Branch>(walk, scope, value, name, is_module);
  } else if constexpr (!has_place) {
    // Told above.
  } else if constexpr (is_layer) {
    return trace_layer<Own, Tell>(walk, value, name);
  } else if constexpr (!is_module) {
    return trace_contents<Composite, Tell>(walk, scope, value);
  } else {
    Array<StringView, counts_of<L>.names> labels{};
    Scope own{name, labels.data()};
    own.prefix << '.';
    return trace_contents<Composite, Tell>(walk, own, value);
  }
  return value;
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
template <bool Tell, int... Extents, class... Ls>
constexpr auto trace_network(Input<Extents...> input, types<Ls...> layers) {
  constexpr Counts counts = counts_of<Sequential<Ls...>>;
  Graph<counts.layers, counts.tensors, counts.edges> graph;
  graph.error = input_error(input);
  if (!graph.error.empty()) return graph;
  if constexpr (sizeof...(Ls) > 0 && sizeof...(Extents) >= 1 && sizeof...(Extents) <= 3) {
    Walk<decltype(graph)> walk{graph};
    Array<StringView, counts.names> labels{};
    Scope scope{Name{}, labels.data()};
    graph.values[graph.value_count++].shape = Shape{Extents...};
    graph.output = detail::trace_row<Tell>(walk, scope, 0, layers);
    if (walk.failed && graph.error.empty()) graph.error << "to be told";
  }
  if (graph.error.empty() && graph.output == 0)
    graph.error << "Sequential<" << Input<Extents...>::describe()
                << (sizeof...(Ls) > 0 ? ", ...> has no layers" : "> has no layers");
  return graph;
}

template <class In, class... Ls>
inline constexpr auto silent_graph = detail::trace_network<false>(In{}, types<Ls...>{});
template <class In, class... Ls>
inline constexpr auto telling_graph = detail::trace_network<true>(In{}, types<Ls...>{});

template <bool Right, class In, class... Ls>
struct traced {
  static constexpr const auto& graph = silent_graph<In, Ls...>;
};
template <class In, class... Ls>
struct traced<false, In, Ls...> {
  static constexpr const auto& graph = telling_graph<In, Ls...>;
};

/// network_graph is the graph of a network, and in `error` what is wrong with it. (A reference: to copy it
/// takes clang as long as to make it.)
template <class In, class... Ls>
inline constexpr const auto& network_graph =
    traced<silent_graph<In, Ls...>.error.empty(), In, Ls...>::graph;

} // namespace ctnn::detail
