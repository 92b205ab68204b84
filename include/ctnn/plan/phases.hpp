#pragma once
/// @file
/// Where a step through a program has to wait for the whole batch: the phases that it is cut into.

#include <array>
#include <cstddef>

#include <ctnn/core/instruction_set.hpp>
#include <ctnn/plan/offsets.hpp>

namespace ctnn::plan::inline CTNN_INSTRUCTION_SET {

/// Phases are the pieces that a program is cut into before each node that wants statistics of the whole
/// batch. A chunk goes through one phase while it is in cache; before the next one begins, all chunks
/// have been through it.
///
/// Forward, a cut is before its node: the statistics are those of what it takes. On the way back it is
/// behind it: what a node makes of the gradient depends on sums over the batch of the gradient by its
/// output, so that its backward belongs to the phase below.
template <std::size_t Nodes>
struct Phases {
  std::array<std::size_t, Nodes> forward{};  ///< the phase in which each node runs forward
  std::array<std::size_t, Nodes> backward{}; ///< the one in which it runs backward
  std::array<std::size_t, Nodes> cut{};      ///< the nodes before which there is a cut
  std::size_t last = 0;                      ///< the last phase: as many as there are cuts

  /// backward_round is the round in which a phase goes backward. Forward it goes in the one of its own
  /// number; for the last phase the two are the same.
  constexpr std::size_t backward_round(std::size_t phase) const { return 2 * last - phase; }
};

template <std::size_t Nodes, std::size_t Tensors, std::size_t Edges>
constexpr Phases<Nodes> find_phases(const Graph<Nodes, Tensors, Edges>& graph) {
  Phases<Nodes> phases;
  for (std::size_t i = 0; i < graph.node_count; ++i) {
    phases.backward[i] = phases.last;
    if (graph.nodes[i].sees_batch) phases.cut[phases.last++] = i;
    phases.forward[i] = phases.last;
  }
  return phases;
}

/// segment_of is a number for the nodes of which nothing is kept, between the way forward and the way back,
/// but what others read: those of a phase but the last, and those of a Checkpoint in the last one. It is 0
/// for the others.
template <class G, std::size_t Nodes>
constexpr std::size_t segment_of(const G& graph, const Phases<Nodes>& phases, std::size_t node) {
  const std::size_t phase = phases.forward[node], checkpoint = graph.nodes[node].checkpoint;
  if (phase < phases.last) return phase + 1;
  return checkpoint == 0 ? 0 : phases.last + checkpoint;
}
/// ends_segment is whether a node is the last of a segment.
template <class G, std::size_t Nodes>
constexpr bool ends_segment(const G& graph, const Phases<Nodes>& phases, std::size_t node) {
  const std::size_t segment = segment_of(graph, phases, node);
  return segment != 0 &&
         (node + 1 == graph.node_count || segment_of(graph, phases, node + 1) != segment);
}
/// first_of_segment is the first node of a segment that ends with `node`.
template <class G, std::size_t Nodes>
constexpr std::size_t first_of_segment(const G& graph, const Phases<Nodes>& phases,
                                       std::size_t node) {
  const std::size_t segment = segment_of(graph, phases, node);
  while (node > 0 && segment_of(graph, phases, node - 1) == segment) --node;
  return node;
}

} // namespace ctnn::plan::inline CTNN_INSTRUCTION_SET
