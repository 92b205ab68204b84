#pragma once
/// @file
/// What a plan of buffers says, and what backward does in a mode.

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
///
/// What nobody keeps for the way back is made again there, in another place: `value_back` and `tape_back`
/// are where these are on the way back. In a program that is cut into phases, what goes from one round to
/// another is stored for the whole batch: its offset is then one in the store, in elements a sample. So is
/// what backward reads of a convolution or linear layer, and its tape if a pooling is part of it: unless a
/// Checkpoint asks for it no product is made twice.
template <std::size_t Nodes, std::size_t Values>
struct Buffers {
  std::array<std::size_t, Values> value{}, value_back{};
  std::array<std::size_t, Values> gradient{};
  std::array<std::size_t, Nodes> tape{}, tape_back{};
  std::size_t size = 0; ///< elements of the whole block

  std::array<bool, Values> is_stored{};          ///< whether a value is in the store
  std::array<bool, Values> gradient_is_stored{}; ///< whether the gradient by it is
  std::array<bool, Nodes> tape_is_stored{};      ///< whether a tape is
  std::size_t stored = 0;                        ///< elements of the store, a sample
  std::array<bool, Nodes> runs_again{};          ///< whether a node runs forward again
};

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

} // namespace ctnn::plan::inline CTNN_INSTRUCTION_SET
