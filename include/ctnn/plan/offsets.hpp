#pragma once
/// @file
/// Where numbers that outlive a chunk lie in their blocks: constants, in elements. Everything starts on
/// a boundary of 16 elements (64 bytes in single precision); files and parameter_count know nothing of
/// the gaps.

#include <array>
#include <cstddef>

#include <ctnn/core/graph.hpp>
#include <ctnn/core/instruction_set.hpp>

namespace ctnn::plan::inline CTNN_INSTRUCTION_SET {

using ctnn::detail::Graph, ctnn::detail::Node, ctnn::detail::Value;

inline constexpr std::size_t alignment = 16; // elements

constexpr std::size_t aligned(std::size_t size) {
  return (size + alignment - 1) / alignment * alignment;
}

/// Parameters are the offsets in the block of all parameters: those that are trained come first, so that
/// they are one piece to an optimizer.
template <std::size_t Tensors>
struct Parameters {
  std::array<std::size_t, Tensors> offset{};
  std::size_t trained_size = 0; ///< elements of what is trained
  std::size_t size = 0;         ///< elements of the whole block
};

template <std::size_t Nodes, std::size_t Tensors, std::size_t Edges>
constexpr Parameters<Tensors> plan_parameters(const Graph<Nodes, Tensors, Edges>& graph) {
  Parameters<Tensors> plan;
  const auto place = [&](bool trained) {
    for (std::size_t i = 0; i < Tensors; ++i)
      if (graph.parameters[i].trained == trained) {
        plan.offset[i] = plan.size;
        plan.size += aligned(graph.parameters[i].shape.size());
      }
  };
  place(true);
  plan.trained_size = plan.size;
  place(false);
  return plan;
}

/// KernelSizes are what the kernel of an operation needs.
struct KernelSizes {
  std::size_t derived = 0;          ///< elements that it derives from the parameters
  std::size_t derived_gradient = 0; ///< elements of the gradient by them
  std::size_t scratch = 0;          ///< elements it works in
  std::size_t derive_tasks = 1;     ///< into how many tasks, for threads to share, deriving is cut
};

/// Offsets are those in the blocks of derived parameters, and of gradients as a shard accumulates them:
/// by the derived parameters where there are such, by the parameters themselves otherwise.
template <std::size_t Operations>
struct Offsets {
  std::array<std::size_t, Operations> derived{}, gradient{};
  std::array<std::size_t, Operations + 1>
      task{}; ///< the first of each in a count of the tasks that a step does
  std::size_t derived_size = 0, gradient_size = 0, scratch_size = 0;

  /// gradient_size_of is how many elements an operation has in the block of gradients.
  constexpr std::size_t gradient_size_of(std::size_t i) const {
    return (i + 1 < Operations ? gradient[i + 1] : gradient_size) - gradient[i];
  }
};

/// plan_offsets places them. A step derives anew what is trained, or everything if its program
/// `derives_all` for itself.
template <std::size_t Operations, std::size_t Tensors, std::size_t Edges>
constexpr Offsets<Operations> plan_offsets(const Graph<Operations, Tensors, Edges>& graph,
                                           const std::array<KernelSizes, Operations>& kernels,
                                           bool derives_all = false) {
  Offsets<Operations> at;
  for (std::size_t i = 0; i < Operations; ++i) {
    const KernelSizes& kernel = kernels[i];
    const Node& node = graph.nodes[i];
    at.derived[i] = at.derived_size;
    at.gradient[i] = at.gradient_size;
    const bool trained = node.trained_count > 0;
    const bool derives_anew = trained || node.sees_batch || derives_all;
    at.task[i + 1] = at.task[i] + (derives_anew ? kernel.derive_tasks : 0);
    at.derived_size += aligned(kernel.derived);
    if (kernel.derived > 0)
      at.gradient_size += trained ? aligned(kernel.derived_gradient) : 0;
    else // what has no kernel of its own adds to them, wanted or not
      for (std::size_t p = 0; p < node.parameter_tensors; ++p)
        at.gradient_size += aligned(graph.parameters[node.first_parameter + p].shape.size());
    if (kernel.scratch > at.scratch_size) at.scratch_size = kernel.scratch;
  }
  return at;
}

} // namespace ctnn::plan::inline CTNN_INSTRUCTION_SET
