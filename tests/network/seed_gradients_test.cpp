// The seed network's gradients in float, through all of its fused groups.
#include <algorithm>
#include <cstring>
#include <random>
#include <span>
#include <vector>

#include <ctnn/train.hpp>

#include "../../src/mnist_net.hpp"
#include "kernels/exact_buffer.hpp"
#include "support/catch.hpp"

using namespace ctnn;

// Rounding decides which of nearly equal pixels wins a window, and each such choice sends a
// gradient elsewhere: compared are gradients of the same choices, those in double.
TEST_CASE("the seed network's gradients in float are those in double of the same decisions") {
  using Narrow = Network<Net, float>;
  using Wide = Network<Net, double>;
  using Program = Narrow::Program;
  using Pass = detail::Pass<Program>;
  using WidePass = detail::Pass<Wide::Program>;
  constexpr std::size_t n = 8;
  STATIC_REQUIRE(n <= Program::chunk);
  Narrow net(1);
  Wide wide;
  wide.modify([&](auto& tensors) {
    for (std::size_t p = 0; p < tensors.size(); ++p)
      std::copy(net.tensor(p).begin(), net.tensor(p).end(), tensors[p].begin());
  });

  Workspace<Net, float, plan::Mode::training> workspace;
  Workspace<Net, double, plan::Mode::training> wide_workspace;
  std::mt19937 engine(5);
  std::normal_distribution<float> normal;
  for (std::size_t i = 0; i < n * Net::input_shape.size(); ++i)
    wide_workspace.value(0)[i] = workspace.value(0)[i] = normal(engine);
  constexpr detail::Chunk chunk{.samples = n, .training = true};
  Pass::forward(chunk, net.weights(), workspace);
  WidePass::forward(chunk, wide.weights(), wide_workspace);

  for (std::size_t op = 0; op < Program::size; ++op) {
    const detail::Node& node = Program::graph.nodes[op];
    if (Program::operations[op].activation == 0) continue;
    float* const y = workspace.value(op + 1);
    const double* const wide_y = wide_workspace.value(op + 1);
    for (std::size_t i = 0; i < n * node.output_shape.size(); ++i)
      if ((y[i] > 0) != (wide_y[i] > 0)) y[i] = static_cast<float>(wide_y[i]);
    if (node.tape_size > 0) // bytes in either
      std::memcpy(workspace.tape(op), wide_workspace.tape(op), n * node.output_shape.size());
  }
  const std::size_t outputs = n * Net::output_shape.size();
  for (std::size_t i = 0; i < outputs; ++i)
    wide_workspace.gradient(Program::output)[i] = workspace.gradient(Program::output)[i] =
        i % 10 == i / 10 ? -1.f / n : 0.f;
  std::vector<float> shard(Program::offsets.gradient_size), block(Program::parameters.size);
  std::vector<double> wide_shard(Wide::Program::offsets.gradient_size), wide_block(block.size());
  Pass::backward(chunk, net.weights(), workspace, shard.data());
  WidePass::backward(chunk, wide.weights(), wide_workspace, wide_shard.data());
  Pass::gather(net.weights(), shard.data(), block.data());
  WidePass::gather(wide.weights(), wide_shard.data(), wide_block.data());
  for (std::size_t p = 0; p < net.tensors; ++p) {
    CAPTURE(p);
    CHECK(test::error(Pass::tensor(block.data(), p), WidePass::tensor(wide_block.data(), p)) <=
          2e-5);
  }
}
