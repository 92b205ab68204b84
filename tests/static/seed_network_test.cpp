// The seed network's facts: passes by compiling.
#include "../../src/mnist_net.hpp"

#include "support/catch.hpp"

using namespace ctnn;

static_assert(Net::well_formed);
static_assert(Net::input_shape == Shape{1, 28, 28});
static_assert(Net::output_shape == Shape{10});
static_assert(Net::layer_count == 15 && Net::node_count == 15);
static_assert(Net::parameter_count == 593'200);
static_assert(Net::multiply_adds == 37'263'988);
static_assert(Net::input_bytes == 3'136);
static_assert(Net::parameter_bytes == 2'372'800);
static_assert(Net::forward_backward_bytes == 1'223'616);

static_assert(Net::nodes[0].parameter_count == 320);
static_assert(Net::nodes[2].parameter_count == 18'496);
static_assert(Net::nodes[5].parameter_count == 73'856);
static_assert(Net::nodes[7].parameter_count == 295'168);
static_assert(Net::nodes[11].parameter_count == 204'850);
static_assert(Net::nodes[13].parameter_count == 510);

static_assert(Net::nodes[0].output_shape == Shape{32, 26, 26});
static_assert(Net::nodes[2].output_shape == Shape{64, 24, 24});
static_assert(Net::nodes[3].output_shape == Shape{64, 12, 12});
static_assert(Net::nodes[5].output_shape == Shape{128, 10, 10});
static_assert(Net::nodes[7].output_shape == Shape{256, 8, 8});
static_assert(Net::nodes[8].output_shape == Shape{256, 4, 4});
static_assert(Net::nodes[10].output_shape == Shape{4096});
static_assert(Net::nodes[2].multiply_adds == 10'616'832);

static_assert(std::is_same_v<Net::layer<2>, Conv2d<64, 3>>);
static_assert(std::is_same_v<Net::layer<4>, ReLU>);
static_assert(Net::parameter<"conv1.weight">().shape == Shape{32, 1, 3, 3});
static_assert(Net::parameter<"fc2.bias">().shape == Shape{10});

TEST_CASE("the seed network compiles") { SUCCEED(); }
