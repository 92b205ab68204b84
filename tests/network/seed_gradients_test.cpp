// The seed network's gradients in float, through all of its fused groups.
#include <algorithm>
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
  using Layout = Narrow::Layout;
  constexpr std::size_t n = 8;
  STATIC_REQUIRE(n <= Layout::chunk);
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
  net.forward(n, workspace, {.training = true});
  wide.forward(n, wide_workspace, {.training = true});

  for (std::size_t op = 0; op < Layout::ops; ++op) {
    const Node& node = Layout::run.nodes[op];
    if (Layout::groups.group[op].activation == 0) continue;
    float* const y = workspace.value(op + 1);
    const double* const wide_y = wide_workspace.value(op + 1);
    for (std::size_t i = 0; i < n * node.output_shape.size(); ++i)
      if ((y[i] > 0) != (wide_y[i] > 0)) y[i] = static_cast<float>(wide_y[i]);
    for (std::size_t i = 0; i < n * node.tape_size; ++i)
      workspace.tape(op)[i] = static_cast<float>(wide_workspace.tape(op)[i]);
  }
  const std::size_t outputs = n * Net::output_shape.size();
  for (std::size_t i = 0; i < outputs; ++i)
    wide_workspace.gradient(Layout::ops)[i] = workspace.gradient(Layout::ops)[i] =
        i % 10 == i / 10 ? -1.f / n : 0.f;
  std::vector<float> shard(Layout::offsets.gradient_size), block(Layout::parameters.size);
  std::vector<double> wide_shard(Wide::Layout::offsets.gradient_size), wide_block(block.size());
  net.backward(n, workspace, shard.data(), {.training = true});
  wide.backward(n, wide_workspace, wide_shard.data(), {.training = true});
  net.gather_gradients(shard.data(), block.data());
  wide.gather_gradients(wide_shard.data(), wide_block.data());
  for (std::size_t p = 0; p < net.tensors; ++p) {
    CAPTURE(p);
    const std::size_t at = Layout::parameters.offset[p], size = net.tensor(p).size();
    CHECK(test::error(std::span(block).subspan(at, size),
                      std::span(wide_block).subspan(at, size)) <= 2e-5);
  }
}
