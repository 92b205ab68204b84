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
enum class Mode { inference, training };

/// Buffers are the offsets in the block of one chunk, in elements. Value i is the input of node i and
/// the output of node i-1.
template <std::size_t Nodes>
struct Buffers {
  std::array<std::size_t, Nodes + 1> value{};
  std::array<std::size_t, Nodes + 1> gradient{};
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

/// plan_buffers places them. Node i runs forward in step i + 1, the loss in step N + 1, node i runs
/// backward in step 2N + 1 - i. `samples` is the capacity of a chunk.
template <std::size_t Nodes, std::size_t Tensors>
constexpr Buffers<Nodes> plan_buffers(const Graph<Nodes, Tensors>& graph, Mode mode,
                                      std::size_t samples) {
  const bool training = mode == Mode::training;
  const auto backward_step = [](std::size_t node) { return 2 * Nodes + 1 - node; };
  const auto value_size = [&](std::size_t i) {
    return i == 0 ? graph.nodes[0].input_shape.size() : graph.nodes[i - 1].output_shape.size();
  };

  // The last step in which value i is read; a node that runs in place passes its buffer on.
  std::array<std::size_t, Nodes + 1> last{};
  std::array<bool, Nodes + 1> kept{};
  for (std::size_t i = 0; i <= Nodes; ++i) {
    last[i] = i + 1;
    if (!training) continue;
    if (i > 0 && ctnn::detail::reads_output(graph.nodes[i - 1].backward_reads)) {
      kept[i] = true;
      last[i] = backward_step(i - 1);
    } else if (i < Nodes && ctnn::detail::reads_input(graph.nodes[i].backward_reads)) {
      kept[i] = true;
      last[i] = backward_step(i);
    }
  }
  const auto value_in_place = [&](std::size_t i) { // is value i in the buffer of value i - 1?
    return i > 0 && graph.nodes[i - 1].in_place && !kept[i - 1];
  };
  const auto gradient_in_place = [&](std::size_t i) { // … gradient i in that of gradient i + 1?
    return i < Nodes && graph.nodes[i].in_place;
  };

  Buffers<Nodes> plan;
  detail::Heap<3 * Nodes + 2> heap;
  for (std::size_t i = 0; i <= Nodes; ++i) {
    if (value_in_place(i)) {
      plan.value[i] = plan.value[i - 1];
    } else {
      std::size_t end = i;
      while (end < Nodes && value_in_place(end + 1)) ++end;
      plan.value[i] = heap.place({aligned(value_size(i) * samples), i, last[end]});
    }
    if (training && i < Nodes && graph.nodes[i].tape_size > 0)
      plan.tape[i] =
          heap.place({aligned(graph.nodes[i].tape_size * samples), i + 1, backward_step(i)});
  }
  for (std::size_t i = Nodes + 1; training && i-- > 0;) {
    if (gradient_in_place(i)) {
      plan.gradient[i] = plan.gradient[i + 1];
    } else {
      std::size_t end = i;
      while (end > 0 && gradient_in_place(end - 1)) --end;
      const std::size_t born = i == Nodes ? Nodes + 1 : backward_step(i);
      const std::size_t dies = end == 0 ? backward_step(0) : backward_step(end - 1);
      plan.gradient[i] = heap.place({aligned(value_size(i) * samples), born, dies});
    }
  }
  plan.size = heap.size;
  return plan;
}

/// chunk_size is the number of samples in a chunk: as many as keep the block of activations within 8 MB
/// (a quarter of an L3 cache of common size), 4 to 64. Convolutions want few, so that a chunk stays in
/// cache; the weight gradients of linear layers want many.
template <std::size_t Nodes, std::size_t Tensors>
constexpr std::size_t chunk_size(const Graph<Nodes, Tensors>& graph) {
  const std::size_t elements = plan_buffers(graph, Mode::training, 1).size;
  std::size_t samples = 64;
  while (samples > 4 && samples * elements * 4 > 8 * 1024 * 1024) samples /= 2;
  return samples;
}

} // namespace ctnn::plan::inline CTNN_INSTRUCTION_SET
