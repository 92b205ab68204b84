#pragma once
/// @file
/// Where activations, their gradients and tapes live while a chunk of samples goes forward and
/// backward: one block, buffers placed by lifetime. What backward does not read is overwritten.

#include <array>
#include <cstddef>

#include <ctnn/core/graph.hpp>
#include <ctnn/core/instruction_set.hpp>
#include <ctnn/plan/offsets.hpp>
#include <ctnn/plan/phases.hpp>

namespace ctnn::plan::inline CTNN_INSTRUCTION_SET {

/// Mode is what a chunk goes through the network for: in training, what backward reads is kept.
enum class Mode {
  inference,     ///< forward alone
  training,      ///< backward too, as far down as a trained parameter is
  input_gradient ///< backward as far as the network's input, whatever is trained
};

/// Buffers are the offsets in the block of one chunk, in elements, of a graph's values, of the gradients
/// by them, and of its nodes' tapes. What has no place, such as a gradient that nobody wants, is at 0.
///
/// In a program that is cut into phases, what goes from one round to another is stored for the whole
/// batch instead: its offset is then one in the store, in elements a sample.
template <std::size_t Nodes, std::size_t Values>
struct Buffers {
  std::array<std::size_t, Values> value{};
  std::array<std::size_t, Values> gradient{};
  std::array<std::size_t, Nodes> tape{};
  std::size_t size = 0; ///< elements of the whole block

  std::array<bool, Values> is_stored{};          ///< whether a value is in the store
  std::array<bool, Values> gradient_is_stored{}; ///< whether the gradient by it is
  std::size_t stored = 0;                        ///< elements of the store, a sample
  /// Whether a node runs forward once more before its phase goes backward, because nobody kept what
  /// backward reads.
  std::array<bool, Nodes> runs_again{};
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

namespace detail {

/// reads_input and reads_output are whether a node, or none, looks at these on its way back in a mode.
template <class G>
constexpr bool reads_input(const G& graph, std::size_t node, Mode mode) {
  return node != ctnn::detail::none && runs_backward(graph, node, mode) &&
         ctnn::detail::reads_input(graph.nodes[node].backward_reads);
}
template <class G>
constexpr bool reads_output(const G& graph, std::size_t node, Mode mode) {
  return node != ctnn::detail::none && runs_backward(graph, node, mode) &&
         ctnn::detail::reads_output(graph.nodes[node].backward_reads);
}

/// Classes are the values and gradients of a graph that have one place each: for every value, the one
/// that stands for its class, and the phase in which that is made.
template <std::size_t Values>
struct Classes {
  std::array<std::size_t, Values> value{}, gradient{};
  std::array<std::size_t, Values> made{}, gradient_made{};
};

/// plan_repetitions says which nodes run forward again: those that make what backward reads, of which
/// neither the store nor the round before it has anything, and what these need.
template <class G, std::size_t Nodes, std::size_t Values>
constexpr void plan_repetitions(const G& graph, Mode mode, const Phases<Nodes>& phases,
                                const Classes<Values>& classes, Buffers<Nodes, Values>& plan) {
  std::array<bool, Values> needed{};
  const auto need_inputs = [&](std::size_t node) {
    for (std::size_t k = 0; k < graph.nodes[node].inputs; ++k)
      needed[classes.value[graph.input_of(node, k)]] = true;
  };
  for (std::size_t i = 0; i < graph.node_count; ++i) {
    if (reads_input(graph, i, mode)) need_inputs(i);
    if (reads_output(graph, i, mode)) needed[classes.value[graph.output_of(i)]] = true;
  }
  for (std::size_t i = graph.node_count; i-- > 0;) {
    const Node& node = graph.nodes[i];
    const std::size_t y = graph.output_of(i);
    if (phases.forward[i] == phases.last || node.is_fork()) continue;
    plan.runs_again[i] =
        (needed[y] && !plan.is_stored[y]) || (node.tape_size > 0 && runs_backward(graph, i, mode));
    if (plan.runs_again[i]) need_inputs(i);
  }
}

/// plan_store places what is stored. It lives for whole rounds, for each of its samples may be at any
/// place in them.
template <class G, std::size_t Nodes, std::size_t Values>
constexpr void plan_store(const G& graph, Mode mode, const Phases<Nodes>& phases,
                          const Classes<Values>& classes, Buffers<Nodes, Values>& plan) {
  std::array<std::size_t, Values> last_round{}, last_gradient_round{};
  const auto later = [](std::size_t& round, std::size_t other) {
    if (other > round) round = other;
  };
  for (std::size_t v = 0; v < graph.value_count; ++v) {
    const std::size_t maker = graph.values[v].maker, taker = graph.values[v].taker;
    const bool has_maker = maker != ctnn::detail::none;
    std::size_t& last = last_round[classes.value[v]];
    if (taker != ctnn::detail::none) later(last, phases.forward[taker]);
    if (taker != ctnn::detail::none && plan.runs_again[taker])
      later(last, phases.backward_round(phases.forward[taker]));
    if (has_maker && plan.runs_again[maker]) // which writes it once more, for the sake of its tape
      later(last, phases.backward_round(phases.forward[maker]));
    if (reads_input(graph, taker, mode)) later(last, phases.backward_round(phases.backward[taker]));
    if (reads_output(graph, maker, mode))
      later(last, phases.backward_round(phases.backward[maker]));
    later(last_gradient_round[classes.gradient[v]],
          phases.backward_round(has_maker ? phases.backward[maker] : 0));
  }
  Heap<2 * Values> heap;
  for (std::size_t round = 0; round <= phases.backward_round(0); ++round)
    for (std::size_t v = 0; v < graph.value_count; ++v) {
      const std::size_t size = graph.values[v].shape.size();
      if (plan.is_stored[v] && classes.value[v] == v && classes.made[v] == round)
        plan.value[v] = heap.place({size, round, last_round[v]});
      if (plan.gradient_is_stored[v] && classes.gradient[v] == v &&
          phases.backward_round(classes.gradient_made[v]) == round)
        plan.gradient[v] = heap.place({size, round, last_gradient_round[v]});
    }
  plan.stored = heap.size;
}

} // namespace detail

/// plan_buffers places them. In a phase of its own time, node i runs forward in step i + 1, the loss in
/// step N + 1, node i runs backward in step 2N + 1 - i. `samples` is the capacity of a chunk.
///
/// What a Fork makes is what it takes, and the gradients by what a Sum takes are the one by what it
/// makes: such values, or gradients, are one class, which has one place. A node that may work in place
/// takes over the place of a class that nobody reads after it.
///
/// A class that is read in another phase than it was made in is stored for the batch, and so is the
/// network's input if there is a cut. The others live in one phase; where that goes backward in a round
/// of its own, they are made again in the place that they had.
template <std::size_t Nodes, std::size_t Tensors, std::size_t Edges>
constexpr Buffers<Nodes, Edges + 1> plan_buffers(const Graph<Nodes, Tensors, Edges>& graph,
                                                 Mode mode, std::size_t samples,
                                                 const Phases<Nodes>& phases) {
  constexpr std::size_t most_values = Edges + 1;
  const std::size_t nodes = graph.node_count, values = graph.value_count;
  constexpr std::size_t none = ctnn::detail::none;
  const bool training = mode != Mode::inference;
  const std::size_t steps_of_phase = 2 * nodes + 2;
  const auto forward_step = [&](std::size_t node) {
    return phases.forward[node] * steps_of_phase + node + 1;
  };
  const auto backward_step = [&](std::size_t node) {
    return phases.backward[node] * steps_of_phase + 2 * nodes + 1 - node;
  };
  const std::size_t loss_step = phases.last * steps_of_phase + nodes + 1;
  // The phases in which a value is made and in which the gradient by it is read, by node or none.
  const auto forward_phase = [&](std::size_t node) {
    return node == none ? 0 : phases.forward[node];
  };
  const auto backward_phase = [&](std::size_t node) {
    return node == none ? 0 : phases.backward[node];
  };
  const auto later = [](std::size_t& step, std::size_t other) {
    if (other > step) step = other;
  };
  const auto reads_input = [&](std::size_t node) { return detail::reads_input(graph, node, mode); };
  const auto reads_output = [&](std::size_t node) {
    return detail::reads_output(graph, node, mode);
  };

  // The class of a value is the first one of it, and that of a gradient the last one.
  detail::Classes<most_values> classes;
  auto& of_value = classes.value;
  auto& of_gradient = classes.gradient;
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

  Buffers<Nodes, most_values> plan;
  auto& made = classes.made;
  auto& gradient_made = classes.gradient_made;
  for (std::size_t v = 0; v < values; ++v) {
    made[v] = forward_phase(graph.values[of_value[v]].maker);
    const std::size_t taker = graph.values[of_gradient[v]].taker;
    gradient_made[v] = taker == none ? phases.last : backward_phase(taker);
  }
  plan.is_stored[0] = phases.last > 0;
  for (std::size_t v = 0; v < values; ++v) {
    const std::size_t maker = graph.values[v].maker, taker = graph.values[v].taker;
    if ((taker != none && forward_phase(taker) != made[v]) ||
        (reads_input(taker) && backward_phase(taker) != made[v]) ||
        (reads_output(maker) && backward_phase(maker) != made[v]))
      plan.is_stored[of_value[v]] = true;
    if (wants_gradient(graph.values[v], mode) && backward_phase(maker) != gradient_made[v])
      plan.gradient_is_stored[of_gradient[v]] = true;
  }
  for (std::size_t v = 0; v < values; ++v) {
    plan.is_stored[v] = plan.is_stored[of_value[v]];
    plan.gradient_is_stored[v] = plan.gradient_is_stored[of_gradient[v]];
  }

  // The last step in which each class is read; a class that is stored never gives its place away.
  std::array<std::size_t, most_values> value_dies{}, gradient_dies{};
  for (std::size_t v = 0; v < values; ++v) {
    const std::size_t maker = graph.values[v].maker, taker = graph.values[v].taker;
    std::size_t& dies = value_dies[of_value[v]];
    if (plan.is_stored[v]) dies = none;
    if (taker == none)
      later(dies, loss_step);
    else if (!graph.nodes[taker].is_fork())
      later(dies, forward_step(taker));
    if (reads_input(taker)) later(dies, backward_step(taker));
    if (reads_output(maker)) later(dies, backward_step(maker));
    if (plan.gradient_is_stored[v])
      gradient_dies[v] = none;
    else if (wants_gradient(graph.values[v], mode))
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
    for (std::size_t k = node.in_place && !plan.is_stored[graph.output_of(i)] ? node.inputs : 0;
         k-- > 0;) {
      const std::size_t v = graph.input_of(i, k);
      if (graph.values[v].shape.size() == node.output_shape.size() &&
          value_dies[of_value[v]] == forward_step(i))
        value_from[i] = of_value[v];
    }
    const bool hands_on = (node.is_fork() || (node.in_place && node.inputs == 1)) &&
                          !plan.gradient_is_stored[graph.input_of(i)];
    for (std::size_t k = hands_on ? node.outputs : 0; k-- > 0;)
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

  // Each phase begins with an empty block.
  for (std::size_t phase = 0; phase <= phases.last; ++phase) {
    detail::Heap<2 * most_values + Nodes> heap;
    const auto place = [&](std::size_t size, std::size_t born, std::size_t leaves) {
      return heap.place({aligned(size * samples), born, leaves});
    };
    if (phase == 0 && !plan.is_stored[0])
      plan.value[0] = place(graph.values[0].shape.size(), 0, value_leaves[0]);
    for (std::size_t i = 0; i < nodes; ++i) {
      const Node& node = graph.nodes[i];
      if (phases.forward[i] != phase) continue;
      if (training && node.tape_size > 0 && runs_backward(graph, i, mode))
        plan.tape[i] = place(node.tape_size, forward_step(i), backward_step(i));
      if (const std::size_t y = graph.output_of(i); !node.is_fork() && !plan.is_stored[y])
        plan.value[y] = value_from[i] != none
                            ? plan.value[value_from[i]]
                            : place(graph.values[y].shape.size(), forward_step(i), value_leaves[y]);
    }
    const auto place_gradient = [&](std::size_t v) {
      if (of_gradient[v] != v || plan.gradient_is_stored[v] || !has_gradient(graph, v, mode))
        return;
      const std::size_t taker = graph.values[v].taker;
      if (taker != none && gradient_from[taker] != none)
        plan.gradient[v] = plan.gradient[gradient_from[taker]];
      else
        plan.gradient[v] =
            place(graph.values[v].shape.size(), taker == none ? loss_step : backward_step(taker),
                  gradient_leaves[v]);
    };
    if (phase == phases.last) place_gradient(graph.output);
    for (std::size_t i = nodes; i-- > 0;)
      if (phases.backward[i] == phase)
        for (std::size_t k = 0; k < graph.nodes[i].inputs; ++k)
          place_gradient(graph.input_of(i, k));
    later(plan.size, heap.size);
  }
  if (phases.last > 0) {
    detail::plan_repetitions(graph, mode, phases, classes, plan);
    detail::plan_store(graph, mode, phases, classes, plan);
  }
  for (std::size_t v = 0; v < values; ++v) {
    plan.value[v] = plan.value[of_value[v]];
    plan.gradient[v] = plan.gradient[of_gradient[v]];
  }
  return plan;
}

/// plan_buffers does the same for a program without cuts.
template <std::size_t Nodes, std::size_t Tensors, std::size_t Edges>
constexpr Buffers<Nodes, Edges + 1> plan_buffers(const Graph<Nodes, Tensors, Edges>& graph,
                                                 Mode mode, std::size_t samples) {
  return plan_buffers(graph, mode, samples, Phases<Nodes>{});
}

/// chunk_size is the number of samples in a chunk: as many as keep the block of activations within 8 MB
/// (a quarter of an L3 cache of common size), 4 to 64. Convolutions want few, so that a chunk stays in
/// cache; the weight gradients of linear layers want many.
template <class G, std::size_t Nodes>
constexpr std::size_t chunk_size(const G& graph, const Phases<Nodes>& phases) {
  const std::size_t elements = plan_buffers(graph, Mode::training, 1, phases).size;
  std::size_t samples = 64;
  while (samples > 4 && samples * elements * 4 > 8 * 1024 * 1024) samples /= 2;
  return samples;
}

} // namespace ctnn::plan::inline CTNN_INSTRUCTION_SET
