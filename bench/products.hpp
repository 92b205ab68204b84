#pragma once
// What bounds the time of a network from below, whatever its kernels do besides: the multiply-adds that
// its algorithms make, of which Winograd's makes fewer than the layers are defined with.

#include <cstddef>

#include <ctnn/ctnn.hpp>

namespace ctnn::bench {

/// Multiply-adds for a sample. Backward makes as many as forward for the gradient by the input, and as many
/// for that by the parameters.
struct Products {
  double forward = 0, backward = 0;
};

template <class Net, plan::Mode M = plan::Mode::training>
constexpr Products products = [] {
  using Program = plan::TrainingProgram<Net, float>;
  constexpr const auto& graph = Program::graph;
  Products sum;
  ctnn::detail::for_each_index<Program::size>([&](auto i) {
    using Kernel = typename Program::template kernel<i>;
    auto own = static_cast<double>(graph.nodes[i].multiply_adds);
    if constexpr (requires { Kernel::products; }) own = static_cast<double>(Kernel::products);
    sum.forward += own;
    if (graph.nodes[i].trained_count > 0) sum.backward += own;
    if (plan::wants_gradient(graph.values[graph.input_of(i)], M)) sum.backward += own;
  });
  return sum;
}();

} // namespace ctnn::bench
