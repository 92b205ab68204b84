#pragma once
/// @file
/// Where activations, their gradients and tapes live while a chunk of samples goes forward and
/// backward: one block, buffers placed by lifetime. What backward does not read is overwritten.

#include <algorithm>
#include <array>
#include <cstddef>

#include <ctnn/core/graph.hpp>
#include <ctnn/core/instruction_set.hpp>
#include <ctnn/plan/buffers.hpp>
#include <ctnn/plan/offsets.hpp>
#include <ctnn/plan/phases.hpp>

namespace ctnn::plan::inline CTNN_INSTRUCTION_SET {
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

/// A Planner places the values, gradients and tapes of a graph by the steps in which they are read.
///
/// What a Fork makes is what it takes, and the gradients by what a Sum takes are the one by what it
/// makes: such values, or gradients, are one class, which has one place. A node that may work in place
/// takes over the place of a class that nobody reads after it.
template <class G, std::size_t Nodes, std::size_t Values>
class Planner {
public:
  constexpr Planner(const G& of, Mode in, const Phases<Nodes>& cut)
      : graph(of), mode(in), phases(cut) {
    find_classes();
    find_stored();
    find_repetitions();
    find_steps();
    find_lives();
    find_takeovers();
  }

  /// plan places everything for chunks of so many samples.
  constexpr Buffers<Nodes, Values> plan(std::size_t samples) {
    for (std::size_t round = 0; round <= phases.backward_round(0); ++round)
      place_round(round, samples);
    if (phases.last > 0) place_stored();
    for (std::size_t v = 0; v < graph.value_count; ++v) {
      buffers.value[v] = buffers.value[of_value[v]];
      buffers.value_back[v] =
          is_remade[of_value[v]] ? buffers.value_back[of_value[v]] : buffers.value[v];
      buffers.gradient[v] = buffers.gradient[of_gradient[v]];
    }
    return buffers;
  }

private:
  static constexpr std::size_t none = ctnn::detail::none;

  static constexpr void later(std::size_t& step, std::size_t other) {
    if (other > step) step = other;
  }
  constexpr std::size_t segment(std::size_t node) const {
    return mode == Mode::inference || node == none ? 0 : segment_of(graph, phases, node);
  }
  /// maker is the node that makes a class, or none.
  constexpr std::size_t maker(std::size_t v) const { return graph.values[of_value[v]].maker; }

  /// reads_input and reads_output are whether a node, or none, looks at these on its way back.
  constexpr bool reads_input(std::size_t node) const {
    return node != none && runs_backward(graph, node, mode) &&
           ctnn::detail::reads_input(graph.nodes[node].backward_reads);
  }
  constexpr bool reads_output(std::size_t node) const {
    return node != none && runs_backward(graph, node, mode) &&
           ctnn::detail::reads_output(graph.nodes[node].backward_reads);
  }
  constexpr bool has_tape(std::size_t node) const {
    return mode != Mode::inference && graph.nodes[node].tape_size > 0 &&
           runs_backward(graph, node, mode);
  }
  /// The phases in which a node, or what is before all of them, runs forward and backward.
  constexpr std::size_t forward_phase(std::size_t node) const {
    return node == none ? 0 : phases.forward[node];
  }
  constexpr std::size_t backward_phase(std::size_t node) const {
    return node == none ? 0 : phases.backward[node];
  }

  /// The class of a value is the first one of it, and that of a gradient the last one.
  constexpr void find_classes() {
    for (std::size_t v = 0; v < graph.value_count; ++v) {
      const std::size_t node = graph.values[v].maker;
      of_value[v] =
          node != none && graph.nodes[node].is_fork() ? of_value[graph.input_of(node)] : v;
    }
    for (std::size_t v = graph.value_count; v-- > 0;) {
      const std::size_t taker = graph.values[v].taker;
      of_gradient[v] = taker != none && graph.nodes[taker].passes_gradient
                           ? of_gradient[graph.output_of(taker)]
                           : v;
    }
  }

  /// gradient_phase is the one in which the class of a gradient is made.
  constexpr std::size_t gradient_phase(std::size_t v) const {
    const std::size_t taker = graph.values[of_gradient[v]].taker;
    return taker == none ? phases.last : backward_phase(taker);
  }

  /// keeps_products is whether what a node makes for the way back, if anything, is stored rather than made
  /// again, which would be to multiply again.
  constexpr bool keeps_products(std::size_t node) const {
    return node != none && graph.nodes[node].multiply_adds > 0 &&
           graph.nodes[node].checkpoint == 0 && forward_phase(node) < phases.last;
  }

  /// A class that is read in another phase than it was made in is stored for the batch, and so is the
  /// network's input if there is a cut.
  constexpr void find_stored() {
    buffers.is_stored[0] = phases.last > 0;
    for (std::size_t v = 0; v < graph.value_count; ++v) {
      const std::size_t node = graph.values[v].maker, taker = graph.values[v].taker;
      const std::size_t made = forward_phase(maker(v));
      if ((taker != none && forward_phase(taker) != made) ||
          (reads_input(taker) && backward_phase(taker) != made) ||
          (reads_output(node) && backward_phase(node) != made))
        buffers.is_stored[of_value[v]] = true;
      if (wants_gradient(graph.values[v], mode) && backward_phase(node) != gradient_phase(v))
        buffers.gradient_is_stored[of_gradient[v]] = true;
    }
    for (std::size_t i = 0; i < graph.node_count; ++i)
      buffers.tape_is_stored[i] = has_tape(i) && keeps_products(i);
    for (std::size_t v = 0; v < graph.value_count; ++v) {
      buffers.is_stored[v] = buffers.is_stored[of_value[v]];
      buffers.gradient_is_stored[v] = buffers.gradient_is_stored[of_gradient[v]];
    }
  }

  /// A class that is made in a segment, and read on the way back in that segment alone, is not kept for
  /// it. It is made again if it is read there at all; and so is what that takes, down to products, which are
  /// stored then.
  constexpr void find_repetitions() {
    for (std::size_t v = 0; v < graph.value_count; ++v)
      is_remade[v] = segment(maker(v)) != 0 && !buffers.is_stored[v];
    for (std::size_t v = 0; v < graph.value_count; ++v) {
      const std::size_t node = graph.values[v].maker, taker = graph.values[v].taker;
      const std::size_t own = segment(maker(v));
      if ((segment(taker) != own && (segment(taker) != 0 || reads_input(taker))) ||
          (segment(node) != own && reads_output(node)))
        is_remade[of_value[v]] = false;
    }
    std::array<bool, Values> needed{};
    const auto need_inputs = [&](std::size_t node) {
      for (std::size_t k = 0; k < graph.nodes[node].inputs; ++k)
        needed[of_value[graph.input_of(node, k)]] = true;
    };
    for (std::size_t i = 0; i < graph.node_count; ++i) {
      if (reads_input(i)) need_inputs(i);
      if (reads_output(i)) needed[of_value[graph.output_of(i)]] = true;
    }
    for (std::size_t i = graph.node_count; i-- > 0;) {
      const std::size_t y = graph.output_of(i);
      if (segment(i) == 0 || graph.nodes[i].is_fork()) continue;
      if (needed[y] && is_remade[y] && keeps_products(i)) {
        buffers.is_stored[y] = true;
        is_remade[y] = false;
      }
      buffers.runs_again[i] =
          (needed[y] && is_remade[y]) || (has_tape(i) && !buffers.tape_is_stored[i]);
      if (buffers.runs_again[i]) need_inputs(i);
    }
    for (std::size_t v = 0; v < graph.value_count; ++v) {
      is_remade[v] = is_remade[of_value[v]];
      buffers.is_stored[v] = buffers.is_stored[of_value[v]];
    }
  }

  /// Rounds follow each other. In each, nodes run forward in their order; then comes the loss, in the last
  /// phase; then they run backward, the last first. What runs again does so at the begin of its phase's way
  /// back; in the last phase, before the last node of its segment goes backward.
  constexpr void find_steps() {
    const std::size_t nodes = graph.node_count, steps_of_round = 4 * nodes + 4;
    for (std::size_t phase = 0; phase <= phases.last; ++phase) {
      const bool is_last = phase == phases.last;
      const std::size_t begin = phase * steps_of_round,
                        back = phases.backward_round(phase) * steps_of_round;
      std::size_t step = back + nodes + 2;
      for (std::size_t i = 0; i < nodes; ++i)
        if (phases.forward[i] == phase) {
          forward_step[i] = begin + i + 1;
          if (!is_last) again_step[i] = back + i + 1;
        }
      if (is_last) loss_step = begin + nodes + 1;
      for (std::size_t i = nodes; i-- > 0;) {
        if (is_last && segment(i) != 0 && ends_segment(graph, phases, i))
          for (std::size_t k = first_of_segment(graph, phases, i); k <= i; ++k)
            again_step[k] = step++;
        if (phases.backward[i] == phase) backward_step[i] = step++;
      }
    }
  }

  /// The last step in which each class is read; one that is stored never gives its place away.
  constexpr void find_lives() {
    for (std::size_t v = 0; v < graph.value_count; ++v) {
      const std::size_t node = graph.values[v].maker, taker = graph.values[v].taker;
      std::size_t& dies = value_dies[of_value[v]];
      std::size_t& dies_back = is_remade[v] ? value_back_dies[of_value[v]] : dies;
      if (buffers.is_stored[v]) dies = none;
      if (taker == none)
        later(dies, loss_step);
      else if (!graph.nodes[taker].is_fork())
        later(dies, forward_step[taker]);
      if (taker != none && buffers.runs_again[taker]) later(dies_back, again_step[taker]);
      if (node != none && buffers.runs_again[node]) later(dies_back, again_step[node]);
      if (reads_input(taker)) later(dies_back, backward_step[taker]);
      if (reads_output(node)) later(dies_back, backward_step[node]);

      if (buffers.gradient_is_stored[v])
        gradient_dies[v] = none;
      else if (wants_gradient(graph.values[v], mode))
        later(gradient_dies[of_gradient[v]], backward_step[node == none ? 0 : node]);
      else if (has_gradient(graph, v, mode))
        gradient_dies[v] = backward_step[taker];
    }
  }

  /// The class whose place a node's output takes over, at its forward step and where it runs again, and
  /// that whose place the gradient by its input does; none if it gets one of its own. A class that hands
  /// its place on lives as long as the one that takes it over.
  constexpr void find_takeovers() {
    const std::size_t nodes = graph.node_count;
    for (std::size_t i = 0; i < nodes; ++i) {
      const Node& node = graph.nodes[i];
      const std::size_t y = graph.output_of(i);
      value_from[i] = value_back_from[i] = gradient_from[i] = none;
      for (std::size_t k = node.in_place && !buffers.is_stored[y] ? node.inputs : 0; k-- > 0;) {
        const std::size_t v = of_value[graph.input_of(i, k)];
        if (graph.values[v].shape.size() != node.output_shape.size()) continue;
        if (value_dies[v] == forward_step[i]) value_from[i] = v;
        if (buffers.runs_again[i] && is_remade[y] && last_read(v) == again_step[i])
          value_back_from[i] = v;
      }
      const bool hands_on = (node.is_fork() || (node.in_place && node.inputs == 1)) &&
                            !buffers.gradient_is_stored[graph.input_of(i)];
      for (std::size_t k = hands_on ? node.outputs : 0; k-- > 0;)
        if (const std::size_t v = of_gradient[graph.output_of(i, k)];
            gradient_dies[v] == backward_step[i])
          gradient_from[i] = v;
    }
    value_leaves = value_dies;
    value_back_leaves = value_back_dies;
    gradient_leaves = gradient_dies;
    for (std::size_t i = nodes; i-- > 0;) {
      const std::size_t y = graph.output_of(i);
      if (const std::size_t v = value_back_from[i]; v != none)
        (is_remade[v] ? value_back_leaves : value_leaves)[v] = value_back_leaves[y];
    }
    for (std::size_t i = nodes; i-- > 0;)
      if (value_from[i] != none) value_leaves[value_from[i]] = value_leaves[graph.output_of(i)];
    for (std::size_t i = 0; i < nodes; ++i)
      if (gradient_from[i] != none && wants_gradient(graph.values[graph.input_of(i)], mode))
        gradient_leaves[gradient_from[i]] = gradient_leaves[of_gradient[graph.input_of(i)]];
  }
  /// last_read is the last step in which a class is read, where it is on the way back.
  constexpr std::size_t last_read(std::size_t v) const {
    return is_remade[v] ? value_back_dies[v] : value_dies[v];
  }

  /// place_round places what lives in a round, which begins with an empty block.
  constexpr void place_round(std::size_t round, std::size_t samples) {
    const std::size_t nodes = graph.node_count;
    Heap<4 * Values + 2 * Nodes> heap;
    const auto place = [&](std::size_t size, std::size_t born, std::size_t leaves) {
      return heap.place({aligned(size * samples), born, leaves});
    };
    const auto size_of = [&](std::size_t v) { return graph.values[v].shape.size(); };
    const auto place_again = [&](std::size_t i) {
      const std::size_t y = graph.output_of(i), step = again_step[i];
      if (!buffers.runs_again[i]) return;
      if (has_tape(i) && !buffers.tape_is_stored[i])
        buffers.tape_back[i] = place(graph.nodes[i].tape_size, step, backward_step[i]);
      if (!is_remade[y]) return;
      if (const std::size_t v = value_back_from[i]; v != none)
        buffers.value_back[y] = is_remade[v] ? buffers.value_back[v] : buffers.value[v];
      else
        buffers.value_back[y] =
            place(size_of(y), step, value_back_leaves[y] > step ? value_back_leaves[y] : step);
    };
    const auto place_gradient = [&](std::size_t v) {
      if (of_gradient[v] != v || buffers.gradient_is_stored[v] || !has_gradient(graph, v, mode))
        return;
      const std::size_t taker = graph.values[v].taker;
      if (taker != none && gradient_from[taker] != none)
        buffers.gradient[v] = buffers.gradient[gradient_from[taker]];
      else
        buffers.gradient[v] =
            place(size_of(v), taker == none ? loss_step : backward_step[taker], gradient_leaves[v]);
    };

    if (round == 0 && !buffers.is_stored[0])
      buffers.value[0] = place(size_of(0), 0, value_leaves[0]);
    for (std::size_t i = 0; i < nodes && round <= phases.last; ++i) {
      if (phases.forward[i] != round) continue;
      if (has_tape(i) && !buffers.tape_is_stored[i])
        buffers.tape[i] = buffers.tape_back[i] =
            place(graph.nodes[i].tape_size, forward_step[i],
                  buffers.runs_again[i] ? forward_step[i] : backward_step[i]);
      if (const std::size_t y = graph.output_of(i);
          !graph.nodes[i].is_fork() && !buffers.is_stored[y])
        buffers.value[y] = value_from[i] != none
                               ? buffers.value[value_from[i]]
                               : place(size_of(y), forward_step[i], value_leaves[y]);
    }
    if (round >= phases.last) {
      const std::size_t phase = phases.backward_round(0) - round;
      if (phase == phases.last) place_gradient(graph.output);
      for (std::size_t i = 0; i < nodes && phase < phases.last; ++i)
        if (phases.forward[i] == phase) place_again(i);
      for (std::size_t i = nodes; i-- > 0;) {
        if (phase == phases.last && segment(i) != 0 && ends_segment(graph, phases, i))
          for (std::size_t k = first_of_segment(graph, phases, i); k <= i; ++k) place_again(k);
        if (phases.backward[i] == phase)
          for (std::size_t k = 0; k < graph.nodes[i].inputs; ++k)
            place_gradient(graph.input_of(i, k));
      }
    }
    later(buffers.size, heap.size);
  }

  /// place_stored places what is stored. It lives for whole rounds, for each of its samples may be at any
  /// place in them.
  constexpr void place_stored() {
    std::array<std::size_t, Values> last_round{}, last_gradient_round{};
    for (std::size_t v = 0; v < graph.value_count; ++v) {
      const std::size_t node = graph.values[v].maker, taker = graph.values[v].taker;
      std::size_t& last = last_round[of_value[v]];
      const auto again = [&](std::size_t other) {
        if (other != none && buffers.runs_again[other])
          later(last, phases.backward_round(phases.forward[other]));
      };
      if (taker != none) later(last, phases.forward[taker]);
      again(taker);
      again(node); // which writes it once more, for the sake of its tape
      if (reads_input(taker)) later(last, phases.backward_round(backward_phase(taker)));
      if (reads_output(node)) later(last, phases.backward_round(backward_phase(node)));
      later(last_gradient_round[of_gradient[v]], phases.backward_round(backward_phase(node)));
    }
    Heap<2 * Values + Nodes> heap;
    for (std::size_t round = 0; round <= phases.backward_round(0); ++round) {
      for (std::size_t i = 0; i < graph.node_count; ++i)
        if (buffers.tape_is_stored[i] && phases.forward[i] == round)
          buffers.tape[i] = buffers.tape_back[i] = heap.place(
              {graph.nodes[i].tape_size, round, phases.backward_round(phases.backward[i])});
      for (std::size_t v = 0; v < graph.value_count; ++v) {
        const std::size_t size = graph.values[v].shape.size();
        if (buffers.is_stored[v] && of_value[v] == v && forward_phase(maker(v)) == round)
          buffers.value[v] = heap.place({size, round, last_round[v]});
        if (buffers.gradient_is_stored[v] && of_gradient[v] == v &&
            phases.backward_round(gradient_phase(v)) == round)
          buffers.gradient[v] = heap.place({size, round, last_gradient_round[v]});
      }
    }
    buffers.stored = heap.size;
  }

  const G& graph;
  Mode mode;
  const Phases<Nodes>& phases;
  Buffers<Nodes, Values> buffers{};

  std::array<std::size_t, Values> of_value{}, of_gradient{};
  std::array<bool, Values> is_remade{};
  std::array<std::size_t, Nodes> forward_step{}, again_step{}, backward_step{};
  std::size_t loss_step = 0;
  std::array<std::size_t, Values> value_dies{}, value_back_dies{}, gradient_dies{};
  std::array<std::size_t, Values> value_leaves{}, value_back_leaves{}, gradient_leaves{};
  std::array<std::size_t, Nodes> value_from{}, value_back_from{}, gradient_from{};
};

} // namespace detail

/// plan_buffers places them for chunks of `samples`.
template <std::size_t Nodes, std::size_t Tensors, std::size_t Edges>
constexpr Buffers<Nodes, Edges + 1> plan_buffers(const Graph<Nodes, Tensors, Edges>& graph,
                                                 Mode mode, std::size_t samples,
                                                 const Phases<Nodes>& phases) {
  using G = Graph<Nodes, Tensors, Edges>;
  return detail::Planner<G, Nodes, Edges + 1>(graph, mode, phases).plan(samples);
}

/// plan_buffers does the same for a program without cuts.
template <std::size_t Nodes, std::size_t Tensors, std::size_t Edges>
constexpr Buffers<Nodes, Edges + 1> plan_buffers(const Graph<Nodes, Tensors, Edges>& graph,
                                                 Mode mode, std::size_t samples) {
  return plan_buffers(graph, mode, samples, Phases<Nodes>{});
}

/// chunk_size is the number of samples in a chunk: as many as keep the block of activations within 8 MB
/// (a quarter of an L3 cache of common size), 4 to 64. Convolutions want few, so that a chunk stays in
/// cache; the weight gradients of linear layers want many. In phases a chunk passes through the cache as
/// often as there are phases, beside the store of the batch: 512 KB, of L2, are its share, or as much as
/// the weights and their gradients take, which each chunk passes by. Where two cores share 8 MB of L3,
/// ResNet-8 and ResNet-20 train a tenth faster so.
template <class G, std::size_t Nodes>
constexpr std::size_t chunk_size(const G& graph, const Phases<Nodes>& phases) {
  const std::size_t elements = plan_buffers(graph, Mode::training, 1, phases).size;
  std::size_t most = 8 * 1024 * 1024 / sizeof(float);
  if (phases.last > 0) {
    std::size_t weights = 0;
    for (std::size_t i = 0; i < graph.node_count; ++i) weights += graph.nodes[i].parameter_count;
    most = std::clamp(2 * weights, most / 16, most);
  }
  std::size_t samples = 64;
  while (samples > 4 && samples * elements > most) samples /= 2;
  return samples;
}

} // namespace ctnn::plan::inline CTNN_INSTRUCTION_SET
