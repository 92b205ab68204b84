#pragma once
// Where each parameter tensor lives in one block: constants. Every tensor starts on a boundary of
// 16 elements (64 bytes in single precision); files and parameter_count know nothing of the gaps.

#include <array>
#include <cstddef>

#include <ctnn/core/graph.hpp>

namespace ctnn::plan {

inline constexpr std::size_t alignment = 16; // elements

constexpr std::size_t aligned(std::size_t size) {
  return (size + alignment - 1) / alignment * alignment;
}

template <std::size_t Tensors>
struct Parameters {
  std::array<std::size_t, Tensors> offset{};
  std::size_t size = 0; ///< elements of the whole block
};

template <std::size_t Nodes, std::size_t Tensors>
constexpr Parameters<Tensors> plan_parameters(const Graph<Nodes, Tensors>& graph) {
  Parameters<Tensors> plan;
  for (std::size_t i = 0; i < Tensors; ++i) {
    plan.offset[i] = plan.size;
    plan.size += aligned(graph.parameters[i].shape.size());
  }
  return plan;
}

} // namespace ctnn::plan
