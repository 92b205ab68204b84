#pragma once
/// @file
/// Where activations, their gradients and tapes live while a chunk of samples goes forward and
/// backward: one block, buffers placed by lifetime. What backward does not read is overwritten.

#include <array>
#include <cstddef>

#include <ctnn/core/graph.hpp>
#include <ctnn/core/instruction_set.hpp>
#include <ctnn/plan/offsets.hpp>

namespace ctnn::plan::inline CTNN_INSTRUCTION_SET {

/// Mode is what a chunk goes through the network for: in training, what backward reads is kept.
enum class Mode {
  inference,     ///< forward alone
  training,      ///< backward too, as far down as a trained parameter is
  input_gradient ///< backward as far as the network's input, whatever is trained
};

/// Buffers are the offsets in the block of one chunk, in elements, of a graph's values, of the gradients
/// by them, and of its nodes' tapes. What has no place, such as a gradient that nobody wants, is at 0.
template <std::size_t Nodes, std::size_t Values>
struct Buffers {
  std::array<std::size_t, Values> value{};
  std::array<std::size_t, Values> gradient{};
  std::array<std::size_t, Nodes> tape{};
  std::size_t size = 0; ///< elements of the whole block
};

namespace detail {

/// A Buffer is live from step `first` to step `last`, both included.
struct Buffer {
  std::size_t size = 0, first = 0, last = 0, offset = 0;
};

/// A Heap is first fit in the order of birth: each buffer goes to the lowest place that is free as long
/// as it lives. (Greedy by size saves 5 % on the seed network and costs eight times the constexpr
/// steps.)
template <std::size_t Capacity>
struct Heap {
  std::array<Buffer, Capacity> live{}; // by offset
  std::size_t count = 0;
  std::size_t size = 0;

  constexpr std::size_t place(Buffer buffer) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < count; ++i)
      if (live[i].last >= buffer.first) live[kept++] = live[i];
    count = kept;

    std::size_t at = 0;
    while (at < count && live[at].offset < buffer.offset + buffer.size) {
      buffer.offset = live[at].offset + live[at].size;
      ++at;
    }
    for (std::size_t i = count; i > at; --i) live[i] = live[i - 1];
    live[at] = buffer;
    ++count;
    if (buffer.offset + buffer.size > size) size = buffer.offset + buffer.size;
    return buffer.offset;
  }
};

} // namespace detail

/// wants_gradient is whether backward computes the gradient by a value in a mode.
constexpr bool wants_gradient(const Value& value, Mode mode) {
  return mode == Mode::input_gradient || (mode == Mode::training && value.wants_gradient);
}

/// runs_backward is whether a node does anything on the way back in a mode.
template <class G>
constexpr bool runs_backward(const G& graph, std::size_t node, Mode mode) {
  return wants_gradient(graph.values[graph.output_of(node)], mode);
}

/// has_gradient is whether the gradient by a value has a place: if it is wanted, or if a join that runs
/// backward assigns it together with those that are.
template <class G>
constexpr bool has_gradient(const G& graph, std::size_t value, Mode mode) {
  const std::size_t taker = graph.values[value].taker;
  return wants_gradient(graph.values[value], mode) ||
         (taker != ctnn::detail::none && graph.nodes[taker].inputs > 1 &&
          !graph.nodes[taker].passes_gradient && runs_backward(graph, taker, mode));
}

/// plan_buffers places them. Node i runs forward in step i + 1, the loss in step N + 1, node i runs
/// backward in step 2N + 1 - i. `samples` is the capacity of a chunk.
///
/// What a Fork makes is what it takes, and the gradients by what a Sum takes are the one by what it
/// makes: such values, or gradients, are one class, which has one place. A node that may work in place
/// takes over the place of a class that nobody reads after it.
template <std::size_t Nodes, std::size_t Tensors, std::size_t Edges>
constexpr Buffers<Nodes, Edges + 1> plan_buffers(const Graph<Nodes, Tensors, Edges>& graph,
                                                 Mode mode, std::size_t samples) {
  constexpr std::size_t most_values = Edges + 1;
  const std::size_t nodes = graph.node_count, values = graph.value_count;
  constexpr std::size_t none = ctnn::detail::none;
  const bool training = mode != Mode::inference;
  const auto forward_step = [](std::size_t node) { return node + 1; };
  const auto backward_step = [nodes](std::size_t node) { return 2 * nodes + 1 - node; };
  const auto later = [](std::size_t& step, std::size_t other) {
    if (other > step) step = other;
  };

  // The class of a value is the first one of it, and that of a gradient the last one.
  std::array<std::size_t, most_values> of_value{}, of_gradient{};
  for (std::size_t v = 0; v < values; ++v) {
    const std::size_t maker = graph.values[v].maker;
    of_value[v] =
        maker != none && graph.nodes[maker].is_fork() ? of_value[graph.input_of(maker)] : v;
  }
  for (std::size_t v = values; v-- > 0;) {
    const std::size_t taker = graph.values[v].taker;
    of_gradient[v] = taker != none && graph.nodes[taker].passes_gradient
                         ? of_gradient[graph.output_of(taker)]
                         : v;
  }

  // The last step in which each class is read.
  std::array<std::size_t, most_values> value_dies{}, gradient_dies{};
  for (std::size_t v = 0; v < values; ++v) {
    const std::size_t maker = graph.values[v].maker, taker = graph.values[v].taker;
    std::size_t& dies = value_dies[of_value[v]];
    if (taker == none)
      later(dies, nodes + 1);
    else if (!graph.nodes[taker].is_fork())
      later(dies, forward_step(taker));
    if (taker != none && runs_backward(graph, taker, mode) &&
        ctnn::detail::reads_input(graph.nodes[taker].backward_reads))
      later(dies, backward_step(taker));
    if (maker != none && runs_backward(graph, maker, mode) &&
        ctnn::detail::reads_output(graph.nodes[maker].backward_reads))
      later(dies, backward_step(maker));
    if (wants_gradient(graph.values[v], mode))
      later(gradient_dies[of_gradient[v]], backward_step(maker == none ? 0 : maker));
    else if (has_gradient(graph, v, mode))
      gradient_dies[v] = backward_step(taker);
  }

  // The class whose place a node's output takes over, and that whose place the gradient by its input
  // does; none if it gets one of its own.
  std::array<std::size_t, Nodes> value_from{}, gradient_from{};
  for (std::size_t i = 0; i < nodes; ++i) {
    const Node& node = graph.nodes[i];
    value_from[i] = gradient_from[i] = none;
    for (std::size_t k = node.in_place ? node.inputs : 0; k-- > 0;) {
      const std::size_t v = graph.input_of(i, k);
      if (graph.values[v].shape.size() == node.output_shape.size() &&
          value_dies[of_value[v]] == forward_step(i))
        value_from[i] = of_value[v];
    }
    for (std::size_t k = node.is_fork() || (node.in_place && node.inputs == 1) ? node.outputs : 0;
         k-- > 0;)
      if (const std::size_t v = graph.output_of(i, k);
          gradient_dies[of_gradient[v]] == backward_step(i))
        gradient_from[i] = of_gradient[v];
  }
  // A class that hands its place on lives as long as the one that takes it over.
  std::array<std::size_t, most_values> value_leaves = value_dies, gradient_leaves = gradient_dies;
  for (std::size_t i = nodes; i-- > 0;)
    if (value_from[i] != none) value_leaves[value_from[i]] = value_leaves[graph.output_of(i)];
  for (std::size_t i = 0; i < nodes; ++i)
    if (gradient_from[i] != none && wants_gradient(graph.values[graph.input_of(i)], mode))
      gradient_leaves[gradient_from[i]] = gradient_leaves[of_gradient[graph.input_of(i)]];

  Buffers<Nodes, most_values> plan;
  detail::Heap<2 * most_values + Nodes> heap;
  const auto place = [&](std::size_t size, std::size_t born, std::size_t leaves) {
    return heap.place({aligned(size * samples), born, leaves});
  };
  plan.value[0] = place(graph.values[0].shape.size(), 0, value_leaves[0]);
  for (std::size_t i = 0; i < nodes; ++i) {
    const Node& node = graph.nodes[i];
    if (training && node.tape_size > 0 && runs_backward(graph, i, mode))
      plan.tape[i] = place(node.tape_size, forward_step(i), backward_step(i));
    for (std::size_t v = graph.output_of(i); v < graph.output_of(i) + node.outputs; ++v)
      plan.value[v] = node.is_fork() ? plan.value[of_value[v]]
                      : value_from[i] != none
                          ? plan.value[value_from[i]]
                          : place(graph.values[v].shape.size(), forward_step(i), value_leaves[v]);
  }
  const auto place_gradient = [&](std::size_t v) {
    if (!has_gradient(graph, v, mode)) return;
    const std::size_t taker = graph.values[v].taker;
    if (of_gradient[v] != v)
      plan.gradient[v] = plan.gradient[of_gradient[v]];
    else if (taker != none && gradient_from[taker] != none)
      plan.gradient[v] = plan.gradient[gradient_from[taker]];
    else
      plan.gradient[v] =
          place(graph.values[v].shape.size(), taker == none ? nodes + 1 : backward_step(taker),
                gradient_leaves[v]);
  };
  place_gradient(graph.output);
  for (std::size_t i = nodes; i-- > 0;)
    for (std::size_t k = 0; k < graph.nodes[i].inputs; ++k) place_gradient(graph.input_of(i, k));
  plan.size = heap.size;
  return plan;
}

/// chunk_size is the number of samples in a chunk: as many as keep the block of activations within 8 MB
/// (a quarter of an L3 cache of common size), 4 to 64. Convolutions want few, so that a chunk stays in
/// cache; the weight gradients of linear layers want many.
template <class G>
constexpr std::size_t chunk_size(const G& graph) {
  const std::size_t elements = plan_buffers(graph, Mode::training, 1).size;
  std::size_t samples = 64;
  while (samples > 4 && samples * elements * 4 > 8 * 1024 * 1024) samples /= 2;
  return samples;
}

} // namespace ctnn::plan::inline CTNN_INSTRUCTION_SET
